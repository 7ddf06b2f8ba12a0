package dev.espalier.server.workers;

/// How long a host waits before it starts the next worker: hardly, unless they die before they have
/// loaded their models.
final class Backoff {
    /// Workers that may die one after the other before they have loaded a model, until it is given up.
    static final int ATTEMPTS = 3;

    private static final long FIRST_MILLIS = 20;
    private static final long LONGEST_MILLIS = 5_000;

    private int failures;

    /// Whether one more failure is the last.
    boolean isLastAttempt() {
        return failures == ATTEMPTS - 1;
    }

    /// A worker has died.
    ///
    /// @param progressed whether there is reason to think that the next one fares better
    /// @return how long to wait, in milliseconds
    long next(boolean progressed) {
        failures = progressed ? 0 : failures + 1;
        return Math.min(LONGEST_MILLIS, FIRST_MILLIS << 2 * failures);
    }
}
