package dev.espalier.engines.tensorrt;

import java.util.concurrent.locks.LockSupport;

/// How long runs of an instance usually take. Waiting for the GPU burns a core; most of the time is slept
/// through instead.
final class Pace {
    /// Shorter waits are over before a thread has gone to sleep and come back.
    private static final long SHORTEST_NANOS = 150_000;

    /// Of the usual time, in hundredths.
    private static final long SLEPT = 70;

    private static final long WHOLE = 100;

    /// The last run counts for an eighth.
    private static final int WEIGHT = 3;

    private long usual;
    private long begun;

    /// A run has begun: sleeps as long as it will not be done.
    void sleep() {
        begun = System.nanoTime();
        long nanos = usual * SLEPT / WHOLE;
        if (nanos >= SHORTEST_NANOS) {
            LockSupport.parkNanos(nanos);
        }
    }

    /// The run is done.
    void done() {
        usual += (System.nanoTime() - begun - usual) >> WEIGHT;
    }
}
