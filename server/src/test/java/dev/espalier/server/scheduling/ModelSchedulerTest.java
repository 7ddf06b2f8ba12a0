package dev.espalier.server.scheduling;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.metrics.FailureReason;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ModelSchedulerTest extends SchedulerFixture {
    @Test
    void answersOneRequest() throws Exception {
        serve(single(0, 0));
        worker.permit(1);

        assertThat(request(3).send().answer()).containsExactly(3);
    }

    @Test
    void runsWhatWaitsAsOneBatchAndGivesEachRequestItsRows() throws Exception {
        serve(batching(8, 0));
        List<Request> requests = new ArrayList<>();
        // Two go to the instance at once; the rest gathers behind them.
        for (int i = 0; i < 8; i++) {
            requests.add(request(10 * i, 10 * i + 1).send());
        }
        worker.permit(8);

        for (int i = 0; i < 8; i++) {
            assertThat(requests.get(i).answer()).containsExactly(10 * i, 10 * i + 1);
        }
        assertThat(worker.batches()).containsExactly(2L, 2L, 8L, 4L);
        assertThat(statistics.snapshot("m", "1").executionCount()).isEqualTo(4);
        assertThat(statistics.snapshot("m", "1").inferenceCount()).isEqualTo(16);
    }

    @Test
    void waitsForMoreUntilTheDelayIsOver() throws Exception {
        serve(batching(4, SECONDS.toNanos(30)));
        worker.permit(8);
        Request first = request(1).send();
        Request second = request(2, 3).send();
        assertThat(worker.batches()).isEmpty();
        Request last = request(4).send();

        assertThat(last.answer()).containsExactly(4);
        assertThat(first.answer()).containsExactly(1);
        assertThat(second.answer()).containsExactly(2, 3);
        assertThat(worker.batches()).containsExactly(4L);
    }

    @Test
    void aCancelledNeighbourChangesNobody() throws Exception {
        serve(batching(8, 0));
        Request a = request(1).send();
        Request b = request(2).send();
        Request c = request(3).send();
        Request cancelled = request(4).send();
        Request d = request(5).send();
        cancelled.cancel();
        worker.permit(8);

        assertThat(a.answer()).containsExactly(1);
        assertThat(b.answer()).containsExactly(2);
        assertThat(c.answer()).containsExactly(3);
        assertThat(d.answer()).containsExactly(5);
        assertThat(cancelled.isAnswered()).isFalse();
        assertThat(statistics.failures(FailureReason.CANCELED)).isEqualTo(1);
    }

    @Test
    void aSlowUploadHoldsNobodyUp() throws Exception {
        serve(batching(8, 0));
        Request a = request(1).send();
        Request b = request(2).send();
        Request slow = request(3).open();
        Request c = request(4).send();
        worker.permit(8);

        assertThat(a.answer()).containsExactly(1);
        assertThat(b.answer()).containsExactly(2);
        assertThat(c.answer()).containsExactly(4);
        slow.fillAndSubmit();
        assertThat(slow.answer()).containsExactly(3);
    }

    @Test
    void refusesWhatTheQueueHasNoPlaceForUntilOneIsGivenUp() throws Exception {
        serve(single(1, 0));
        Request running = request(1).send();
        Request waiting = request(2).send();

        assertThatThrownBy(() -> request(3).send())
                .isInstanceOf(ServingException.class)
                .hasMessage("Exceeds maximum queue size");
        waiting.cancel();
        Request next = request(4).send();
        worker.permit(8);

        assertThat(running.answer()).containsExactly(1);
        assertThat(next.answer()).containsExactly(4);
        assertThat(statistics.failures(FailureReason.REJECTED)).isEqualTo(1);
    }

    @Test
    void failsARequestThatWaitedTooLongAndFreesItsPlace() throws Exception {
        serve(single(1, 1000));
        Request running = request(1).send();
        Request late = request(2).send();

        assertThatThrownBy(late::answer)
                .hasCauseInstanceOf(ServingException.class)
                .hasMessageContaining("Request timeout expired");
        Request next = request(3).open();
        next.cancel();
        worker.permit(1);
        assertThat(running.answer()).containsExactly(1);
    }

    @Test
    void forgetsARequestThatIsAnsweredLongBeforeItsTimeIsOver() throws Exception {
        serve(single(0, SECONDS.toMicros(600)));
        worker.permit(1 << 20);
        WeakReference<Member> member = answeredMember();
        while (member.get() != null) {
            // What the loop and the worker did last may still be in their hands.
            assertThat(request(6).send().answer()).containsExactly(6);
            System.gc();
        }
    }

    private WeakReference<Member> answeredMember() throws Exception {
        Request request = request(2).send();
        assertThat(request.answer()).containsExactly(2);
        return new WeakReference<>(request.member);
    }

    @Test
    void failsTheQueueWhenNothingWillServeIt() throws Exception {
        serve(single(1, 0));
        request(1).send();
        Request waiting = request(2).send();
        scheduler.detach(link);
        scheduler.failWaiting(new ServingException(ErrorCode.UNAVAILABLE, "given up"));

        assertThatThrownBy(waiting::answer).hasMessageContaining("given up");
    }

    @Test
    void anUploadThatIsCompleteWhenNothingWillServeItFails() throws Exception {
        serve(single(5, 0));
        Request uploading = request(4).open();
        scheduler.detach(link);
        scheduler.retire(() -> {});
        scheduler.fail(new ServingException(ErrorCode.UNAVAILABLE, "in quarantine"));

        uploading.fillAndSubmit();
        assertThatThrownBy(uploading::answer).hasMessageContaining("in quarantine");
    }

    @Test
    void aRetiredSchedulerServesWhatItHasAndTakesNothingNew() throws Exception {
        serve(single(5, 0));
        Request running = request(1).send();
        Request waiting = request(2).send();
        Request uploading = request(4).open();
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        scheduler.retire(() -> drained.complete(true));

        assertThat(request(3).open().hasPlace()).isFalse();
        worker.permit(2);
        assertThat(running.answer()).containsExactly(1);
        assertThat(waiting.answer()).containsExactly(2);
        assertThat(drained).isNotDone();
        uploading.cancel();
        assertThat(drained.get(30, SECONDS)).isTrue();
    }

    @Test
    void aSchedulerThatHasNothingIsDrainedAtOnce() throws Exception {
        serve(single(0, 0));
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        scheduler.retire(() -> drained.complete(true));

        assertThat(drained).isCompletedWithValue(true);
    }
}
