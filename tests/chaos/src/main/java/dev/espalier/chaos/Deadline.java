package dev.espalier.chaos;

import java.util.concurrent.TimeUnit;

/// A time in the future.
final class Deadline {
    private final long at;

    Deadline(long seconds) {
        at = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    boolean isOver() {
        return System.nanoTime() - at > 0;
    }
}
