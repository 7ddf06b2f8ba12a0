package dev.espalier.server.execution;

import dev.espalier.link.ControlMessage;

/// Tells a worker's process what has come of its models' calls. Must not wait for the process.
public interface CallReplies {
    void tell(ControlMessage reply);
}
