package dev.espalier.server.execution;

import dev.espalier.link.SharedRegion;

/// Has a worker's process map segments of its IN memory. Must not wait for the process.
public interface SegmentMapping {
    /// There is a segment more, and nothing has been given to the process yet that lies in there.
    void add(int number, SharedRegion region);

    /// There is a segment less; the process has answered everything that lay in there.
    void drop(int number);
}
