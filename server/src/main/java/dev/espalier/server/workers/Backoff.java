package dev.espalier.server.workers;

/// How long a host waits before it starts the next worker: not at all, unless they die before they have
/// loaded their models.
final class Backoff {
    /// Failures in a row from which on requests wait for no further worker.
    private static final int PATIENCE = 3;

    private static final long FIRST_MILLIS = 80;
    private static final long LONGEST_MILLIS = 30_000;

    private int failures;

    /// A worker has died.
    ///
    /// @param progressed whether there is reason to think that the next one fares better
    /// @return how long to wait, in milliseconds
    long next(boolean progressed) {
        if (progressed) {
            failures = 0;
            return 0;
        }
        long millis = FIRST_MILLIS;
        for (int i = 0; i < failures && millis < LONGEST_MILLIS; i++) {
            millis *= 4;
        }
        failures++;
        return Math.min(LONGEST_MILLIS, millis);
    }

    /// How many workers have failed in a row.
    int failures() {
        return failures;
    }

    /// Whether so many have failed in a row that the next one is not worth waiting for.
    boolean isOutOfPatience() {
        return failures >= PATIENCE;
    }
}
