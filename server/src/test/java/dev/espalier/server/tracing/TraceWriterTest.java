package dev.espalier.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.config.TraceOptions.Mode;
import dev.espalier.server.failure.InternalErrors;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of traces that cannot be written.
@Timeout(30)
final class TraceWriterTest {
    private final InternalErrors errors = new InternalErrors(() -> {});

    private Tracing tracing(TraceExporter exporter, int mostWaiting) {
        return new Tracing(
                new TraceOptions(Mode.OPENTELEMETRY, true, 1, -1, 0, "", Map.of()),
                new TraceWriter(() -> exporter, mostWaiting, errors));
    }

    private static void ask(Tracing tracing) {
        Arrival arrival = tracing.arrival(Door.HTTP, null);
        assertThat(arrival).isNotNull();
        RequestTrace trace = arrival.begin(new RequestTrace.Subject("m", "1", List.of(), ""));
        assertThat(trace).isNotNull();
        trace.written();
    }

    /// Fails as nobody expects: with its first trace, the first time that nothing follows, and at its end.
    private static final class Broken implements TraceExporter {
        private final CountDownLatch flushed = new CountDownLatch(1);
        private final AtomicInteger exported = new AtomicInteger();

        @Override
        public int export(RequestTrace trace) {
            if (exported.incrementAndGet() == 1) {
                throw new IllegalStateException("export");
            }
            return 1;
        }

        @Override
        public int flush() {
            if (flushed.getCount() > 0) {
                flushed.countDown();
                throw new IllegalStateException("flush");
            }
            return 0;
        }

        @Override
        public int close() {
            throw new IllegalStateException("close");
        }
    }

    @Test
    void goesOnAfterErrorsThatNobodyExpected() throws Exception {
        Broken exporter = new Broken();
        Tracing tracing = tracing(exporter, 10);
        ask(tracing);
        assertThat(exporter.flushed.await(20, TimeUnit.SECONDS)).isTrue();
        ask(tracing);
        tracing.close();

        assertThat(tracing.counts()).containsEntry("failed", 1L).containsEntry("written", 1L);
        assertThat(errors.counts()).isEqualTo(Map.of("traces", 3L));
    }

    @Test
    void dropsAndCountsWhatDoesNotFit() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Tracing tracing =
                tracing(
                        new TraceExporter() {
                            @Override
                            public int export(RequestTrace trace) {
                                taken.countDown();
                                try {
                                    goOn.await();
                                } catch (InterruptedException _) {
                                    Thread.currentThread().interrupt();
                                }
                                return 1;
                            }

                            @Override
                            public int close() {
                                return 0;
                            }
                        },
                        2);
        ask(tracing);
        assertThat(taken.await(20, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 5; i++) {
            ask(tracing);
        }
        goOn.countDown();
        tracing.close();

        assertThat(tracing.counts()).containsEntry("dropped", 3L).containsEntry("written", 3L);
    }
}
