package dev.espalier.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LatencyWindowTest {
    private static final long SECOND = 1_000_000_000L;

    private final LatencyWindow window = new LatencyWindow();

    @Test
    void tellsQuantilesWithinTwoPercent() {
        Random random = new Random(7);
        double[] micros = new double[10_000];
        for (int i = 0; i < micros.length; i++) {
            micros[i] = Math.rint(Math.exp(random.nextGaussian() * 2 + 8));
            window.add(i * 1000L, (long) micros[i] * 1000);
        }
        Arrays.sort(micros);

        for (double quantile : new double[] {0.001, 0.5, 0.9, 0.99, 0.999, 1}) {
            double exact = micros[(int) Math.ceil(quantile * micros.length) - 1];
            assertThat(window.quantile(SECOND, quantile))
                    .isCloseTo(exact, Percentage.withPercentage(2));
        }
        assertThat(window.count()).isEqualTo(micros.length);
        assertThat((double) window.sumMicros()).isCloseTo(Arrays.stream(micros).sum(), within(0.5));
    }

    @Test
    void tellsSmallValuesExactly() {
        for (int micros = 0; micros < 32; micros++) {
            window.add(0, micros * 1000L);
        }

        assertThat(window.quantile(0, 0)).isEqualTo(0);
        assertThat(window.quantile(0, 0.5)).isEqualTo(15);
        assertThat(window.quantile(0, 1)).isEqualTo(31);
    }

    @Test
    void forgetsWhatIsOlderThanAMinuteButCountsIt() {
        window.add(0, 5_000);
        window.add(30 * SECOND, 9_000);

        assertThat(window.quantile(30 * SECOND, 0)).isEqualTo(5);
        assertThat(window.quantile(70 * SECOND, 0)).isEqualTo(9);
        assertThat(window.quantile(500 * SECOND, 0)).isNaN();
        assertThat(window.count()).isEqualTo(2);
        assertThat(window.sumMicros()).isEqualTo(14);
    }

    @Test
    void takesTimesThatAWorkerCannotHaveMeant() {
        window.add(Long.MIN_VALUE / 2, Long.MIN_VALUE);
        window.add(Long.MIN_VALUE / 2, Long.MAX_VALUE);

        assertThat(window.quantile(Long.MIN_VALUE / 2, 0.5)).isEqualTo(0);
        assertThat(window.quantile(Long.MIN_VALUE / 2, 1)).isGreaterThan(1e10);
    }

    @Test
    void hasNoQuantilesWhileNothingHasHappened() {
        assertThat(window.quantile(0, 0.5)).isNaN();
    }

    @Test
    void histogramsCountWhatIsBelowToo() {
        LatencyHistogram histogram = new LatencyHistogram(java.util.List.of(100.0, 500.0));
        for (long millis : new long[] {1, 100, 101, 500, 501, 9000}) {
            histogram.add(millis * 1_000_000);
        }

        LatencyHistogram.Counted counted = histogram.counted();
        assertThat(counted.upTo()).containsExactly(2L, 4L);
        assertThat(counted.count()).isEqualTo(6);
        assertThat(counted.sumMillis()).isEqualTo(10_203);
    }
}
