package dev.espalier.engines.tensorrt;

/// How long runs of an instance usually take, by how large their inputs are. Waiting for the GPU burns a core;
/// most of the time is slept through instead.
final class Pace {
    /// Shorter waits are over before a thread has gone to sleep and come back.
    private static final long SHORTEST_NANOS = 150_000;

    /// Of the usual time, in hundredths.
    private static final long SLEPT = 70;

    private static final long WHOLE = 100;

    /// The last run counts for an eighth.
    private static final int WEIGHT = 3;

    /// Who has slept and waits for less than a sixteenth of the time slept too long.
    private static final int LITTLE = 4;

    /// By the number of binary digits of the inputs' bytes.
    private final long[] usual = new long[Long.SIZE + 1];

    /// How long to sleep before waiting; 0 for not at all.
    ///
    /// @param bytes of the run's inputs
    long sleepNanos(long bytes) {
        long nanos = usual[digits(bytes)] * SLEPT / WHOLE;
        return nanos < SHORTEST_NANOS ? 0 : nanos;
    }

    /// A run is done.
    ///
    /// @param slept how long it was slept
    /// @param waited how long it was waited for after that
    void done(long bytes, long slept, long waited) {
        int digits = digits(bytes);
        if (slept > 0 && waited < slept >> LITTLE) {
            usual[digits] >>= 1;
        } else {
            usual[digits] += (slept + waited - usual[digits]) >> WEIGHT;
        }
    }

    private static int digits(long bytes) {
        return Long.SIZE - Long.numberOfLeadingZeros(bytes);
    }
}
