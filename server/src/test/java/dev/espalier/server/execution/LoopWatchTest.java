package dev.espalier.server.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkKind;
import dev.espalier.server.LogLines;
import dev.espalier.server.failure.InternalErrors;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LoopWatchTest {
    private final LogLines log = LogLines.of(LoopWatch.class);
    private final CountDownLatch turnOn = new CountDownLatch(1);
    private final InternalErrors errors = new InternalErrors(() -> {});
    private LinkedLoops loops;
    private LoopWatch watch;

    @BeforeEach
    void open() {
        loops = new LinkedLoops(2, LinkKind.PORTABLE, errors);
        loops.watch().close();
        watch = new LoopWatch(loops.all(), errors, Duration.ofMillis(2500));
    }

    @AfterEach
    void close() {
        turnOn.countDown();
        watch.close();
        loops.close();
        log.close();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("what the test waits for does not happen");
            }
            Thread.onSpinWait();
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
        await(() -> !log.lines().isEmpty());
        assertThat(watch.alive()).isTrue();
        assertThat(log.lines().getFirst())
                .contains("event loop 0 has not turned for")
                .contains("CountDownLatch.await");
        await(() -> !watch.alive());
        assertThat(watch.stalledSeconds()).isBetween(2.4, 10.0);
        assertThat(log.lines()).hasSize(1);
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
