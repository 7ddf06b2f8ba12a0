package dev.espalier.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PaceTest {
    private static final long MILLI = 1_000_000;

    private final Pace pace = new Pace();

    /// Runs that take so long, by the clock of a GPU that is never late.
    private void run(int times, long bytes, long nanos) {
        for (int i = 0; i < times; i++) {
            long slept = pace.sleepNanos(bytes);
            pace.done(bytes, slept, Math.max(0, nanos - slept));
        }
    }

    @Test
    void sleepsMostOfTheUsualTime() {
        assertThat(pace.sleepNanos(100)).isZero();
        run(60, 100, 2 * MILLI);
        assertThat(pace.sleepNanos(100)).isBetween(135 * MILLI / 100, 140 * MILLI / 100);
    }

    @Test
    void doesNotSleepWhereThatTakesLonger() {
        run(60, 100, MILLI / 10);
        assertThat(pace.sleepNanos(100)).isZero();
    }

    /// The first run of a plan loads its code: hundreds of times what it takes later.
    @Test
    void forgetsASlowRunAtOnce() {
        run(1, 100, 1000 * MILLI);
        assertThat(pace.sleepNanos(100)).isGreaterThan(80 * MILLI);
        run(12, 100, MILLI / 10);
        assertThat(pace.sleepNanos(100)).isZero();
    }

    @Test
    void tellsLargeRunsFromSmallOnes() {
        run(60, 1 << 20, 2 * MILLI);
        assertThat(pace.sleepNanos(1 << 20)).isPositive();
        assertThat(pace.sleepNanos(1 << 16)).isZero();
        assertThat(pace.sleepNanos(0)).isZero();
    }
}
