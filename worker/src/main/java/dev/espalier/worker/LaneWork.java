package dev.espalier.worker;

import dev.espalier.link.RequestLaneReader;

/// What an [InstanceLoop] does with the executions of its lane. Used by that loop's thread only.
interface LaneWork extends AutoCloseable {
    /// Does what the lane's current execution asks for, as far as this thread does it.
    ///
    /// @return when it has, on the machine's monotonic clock
    long execute(RequestLaneReader lane);

    /// Releases the instance.
    @Override
    void close();
}
