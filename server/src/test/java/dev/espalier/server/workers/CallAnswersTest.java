package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.ControlMessage;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.tensor.CallFailure;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class CallAnswersTest {
    private final InternalErrors errors = new InternalErrors(() -> {});

    private static ControlMessage reply(int call) {
        return new ControlMessage.CallFailed(call, CallFailure.FAILED, "");
    }

    @Test
    void areToldInOrder() throws Exception {
        LinkedBlockingQueue<ControlMessage> told = new LinkedBlockingQueue<>();
        CallAnswers answers = new CallAnswers("w", told::add, () -> {}, errors);
        for (int i = 0; i < 1000; i++) {
            answers.tell(reply(i));
        }
        List<ControlMessage> expected =
                IntStream.range(0, 1000).mapToObj(CallAnswersTest::reply).toList();
        for (ControlMessage each : expected) {
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(each);
        }
        answers.close();
        answers.tell(reply(7));
        assertThat(errors.counts()).isEmpty();
    }

    /// Whoever tells it is a loop, and does not wait; nor does what is not read take up memory without end.
    @Test
    void endAProcessThatDoesNotRead() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        CallAnswers answers =
                new CallAnswers(
                        "w",
                        _ -> {
                            try {
                                reads.await();
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        () -> ended.set(true),
                        errors);
        int told = 0;
        while (!ended.get()) {
            answers.tell(reply(told++));
        }
        assertThat(told).isBetween(1 << 14, (1 << 14) + 2);
        reads.countDown();
        answers.close();
    }
}
