package dev.espalier.server.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkKind;
import dev.espalier.server.failure.InternalErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LoopWatchTest {
    private final List<String> logged = new ArrayList<>();
    private final Logger log = Logger.getLogger(LoopWatch.class.getName());
    private final CountDownLatch turnOn = new CountDownLatch(1);
    private final InternalErrors errors = new InternalErrors(() -> {});
    private LinkedLoops loops;
    private LoopWatch watch;

    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    synchronized (logged) {
                        logged.add(
                                java.text.MessageFormat.format(
                                        line.getMessage(), line.getParameters()));
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void open() {
        loops = new LinkedLoops(2, LinkKind.PORTABLE, errors);
        loops.watch().close();
        watch = new LoopWatch(loops.all(), errors, Duration.ofMillis(2500));
        log.addHandler(handler);
        log.setUseParentHandlers(false);
    }

    @AfterEach
    void close() {
        turnOn.countDown();
        watch.close();
        loops.close();
        log.removeHandler(handler);
        log.setUseParentHandlers(true);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("what the test waits for does not happen");
            }
            Thread.onSpinWait();
        }
    }

    private List<String> logged() {
        synchronized (logged) {
            return List.copyOf(logged);
        }
    }

    private void holdUpOneLoop() {
        loops.all()
                .getFirst()
                .execute(() -> {
                    try {
                        turnOn.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    @Test
    void aLoopThatDoesNotTurnIsCountedLoggedOnceAndNotAliveAfterAWhile() {
        assertThat(watch.alive()).isTrue();
        holdUpOneLoop();
        await(() -> !logged().isEmpty());
        assertThat(watch.alive()).isTrue();
        assertThat(logged().getFirst())
                .contains("event loop 0 has not turned for")
                .contains("CountDownLatch.await");
        await(() -> !watch.alive());
        assertThat(watch.stalledSeconds()).isBetween(2.4, 10.0);
        assertThat(logged()).hasSize(1);
        assertThat(errors.counts()).isEmpty();

        turnOn.countDown();
        await(watch::alive);
        double stalled = watch.stalledSeconds();
        CountDownLatch turned = new CountDownLatch(2);
        loops.all().forEach(loop -> loop.execute(turned::countDown));
        await(() -> turned.getCount() == 0);
        assertThat(watch.stalledSeconds()).isLessThan(stalled + 1);
    }
}
