package dev.espalier.server.http;

import dev.espalier.server.config.HttpLimits;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.memory.ClientMemory;
import dev.espalier.server.work.WorkPool;

/// What each connection needs, whatever it asks for.
///
/// @param memory for what clients' requests and answers take up
/// @param work for what would hold up an event loop
/// @param errors for what nobody expected
/// @param limits how long clients may take
public record HttpMeans(
        ClientMemory memory, WorkPool work, InternalErrors errors, HttpLimits limits) {
    /// What requests and answers take up on the heap.
    public ByteBudget heap() {
        return memory.heap();
    }
}
