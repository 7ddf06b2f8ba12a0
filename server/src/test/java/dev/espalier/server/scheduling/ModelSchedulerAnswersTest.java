package dev.espalier.server.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkLayout;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.metrics.StatisticsSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an answer holds, and what becomes of one that is none.
final class ModelSchedulerAnswersTest extends SchedulerFixture {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NEVER")
    void failsARequestWhoseResultAnOpHasEmptied(EchoWorker.Emptying when) throws Exception {
        serve(single(1, 0));
        worker.emptyResults(when);
        Request request = request(1).send();
        worker.permit(1);

        assertThatThrownBy(request::answer)
                .hasMessageContaining("worker test gave a result that cannot be read");
        StatisticsSnapshot counted = statistics.snapshot("echo", "1");
        assertThat(counted.success().count()).isZero();
        assertThat(counted.fail().count()).isOne();
    }

    /// More of them than there are slots.
    @Test
    void answersThatNobodyReadsHoldBytesAndNothingElse() throws Exception {
        serve(single(2, 0));
        int count = LinkLayout.SLOTS + 200;
        worker.permit(count + 1);
        long before = budget.used();
        List<Request> slow = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Request request = request(i).unread().send();
            request.awaitUnread();
            slow.add(request);
        }

        assertThat(request(7).send().answer()).containsExactly(7);
        assertThat(budget.used() - before)
                .isGreaterThanOrEqualTo((long) count * LinkLayout.LEAST_ANSWER);
        for (int i = 0; i < count; i++) {
            slow.get(i).read();
            assertThat(slow.get(i).answer()).containsExactly(i);
        }
        assertThat(budget.used()).isEqualTo(before);
        assertThat(worker.leases()).isZero();
    }

    @Test
    void givesTheAnswerOfABatchBackWhenItsLastRequestHasBeenRead() throws Exception {
        serve(batching(2, 1L << 60));
        worker.permit(1);
        Request slow = request(1).unread().send();
        Request fast = request(2).send();

        assertThat(fast.answer()).containsExactly(2);
        slow.awaitUnread();
        assertThat(worker.leases()).isOne();
        slow.read();
        assertThat(slow.answer()).containsExactly(1);
        assertThat(worker.leases()).isZero();
    }

    @Test
    void givesAnAnswerBackThatNobodyWaitsFor() throws Exception {
        serve(single(0, 0));
        Request cancelled = request(1).send();
        worker.awaitBegun();
        cancelled.cancel();
        worker.permit(2);
        assertThat(request(3).send().answer()).containsExactly(3);
        assertThat(cancelled.isAnswered()).isFalse();
        assertThat(worker.leases()).isZero();
    }

    @Test
    void givesTheMemoryOfAnErrorBackAtOnce() throws Exception {
        serve(single(0, 0));
        worker.fail("no");
        worker.permit(1);

        assertThatThrownBy(request(1).send()::answer).hasMessageContaining("no");
        assertThat(worker.leases()).isZero();
    }

    /// Each harms the request that it is about and no other one, and costs the worker's memory at most.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void failsARequestWhoseAnswerIsForged(EchoWorker.Forging forging) throws Exception {
        serve(single(0, 0));
        worker.permit(1);
        Request before = request(2).unread().send();
        before.awaitUnread();
        worker.forge(forging);
        worker.permit(1);

        assertThatThrownBy(request(1).send()::answer)
                .as(forging.name().toLowerCase(Locale.ROOT))
                .hasCauseInstanceOf(ServingException.class);
        worker.forge(EchoWorker.Forging.NOTHING);
        worker.permit(1);
        assertThat(request(3).send().answer()).containsExactly(3);
        before.read();
        assertThat(before.answer()).containsExactly(2);
        assertThat(link.nonsense()).isEqualTo(forging == EchoWorker.Forging.MEMBER ? 1 : 0);
    }
}
