package dev.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.failure.InternalErrors;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class RootedTimerTest {
    private final CountDownLatch halted = new CountDownLatch(1);
    private final InternalErrors errors = new InternalErrors(halted::countDown);
    private final RootedTimer timer = new RootedTimer(errors);

    @AfterEach
    void close() {
        timer.close();
    }

    private static void fail() {
        throw new IllegalStateException("odd");
    }

    @Test
    void aTaskThatFailsEndsTheServer() throws InterruptedException {
        ScheduledFuture<?> _ = timer.schedule(RootedTimerTest::fail, 1, TimeUnit.MILLISECONDS);
        halted.await();
        assertThat(errors.counts()).containsEntry("timer", 1L);
    }

    @Test
    void soDoesOneThatIsRunAgainAndAgain() throws InterruptedException {
        ScheduledFuture<?> again =
                timer.scheduleWithFixedDelay(RootedTimerTest::fail, 1, 1, TimeUnit.MILLISECONDS);
        halted.await();
        assertThat(again.cancel(false)).isTrue();
    }
}
