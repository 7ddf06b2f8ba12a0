package dev.espalier.server.scheduling;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import org.junit.jupiter.api.Test;

/// What becomes of requests whose worker dies.
final class ModelSchedulerDeathsTest extends SchedulerFixture {
    @Test
    void tellsOfTheWorkersDeathAndServesTheQueueWithTheNextOne() throws Exception {
        serve(single(1, 0));
        Request running = request(1).send();
        Request waiting = request(2).send();
        worker.awaitBegun();
        die();

        assertThatThrownBy(running::answer)
                .hasCauseInstanceOf(ServingException.class)
                .hasMessageContaining(
                        "model 'echo': worker test was ended by SIGKILL while it ran this request");
        attachWorker();
        worker.permit(1);
        assertThat(waiting.answer()).containsExactly(2);
    }

    @Test
    void runsTheRequestsOfABatchThatMayBeToBlameAgainOneByOne() throws Exception {
        serve(batching(2, SECONDS.toNanos(60)));
        Request first = request(1).send();
        Request second = request(2).send();
        worker.awaitBegun();
        die();

        attachWorker();
        worker.permit(2);
        assertThat(first.answer()).containsExactly(1);
        assertThat(second.answer()).containsExactly(2);
        assertThat(worker.batches()).containsExactly(1L, 1L);
    }

    @Test
    void givesUpARequestThatRanWhenTwoWorkersDied() throws Exception {
        serve(batching(2, SECONDS.toNanos(60)));
        Request first = request(1).send();
        Request second = request(2).send();
        worker.awaitBegun();
        die();
        attachWorker();
        worker.awaitBegun();
        die();

        attachWorker();
        worker.permit(2);
        assertThatThrownBy(first::answer)
                .hasMessageContaining("while it ran this request for the second time");
        assertThat(second.answer()).containsExactly(2);
    }

    @Test
    void neverRunsARequestTwiceThatIsNotIdempotent() throws Exception {
        serve(batching(2, SECONDS.toNanos(60)), new ExecutionPolicy(0, false));
        Request first = request(1).send();
        Request second = request(2).send();
        worker.awaitBegun();
        die();

        assertThatThrownBy(first::answer).hasMessageContaining("which is not run twice");
        assertThatThrownBy(second::answer).hasMessageContaining("which is not run twice");
    }

    @Test
    void whatRunsOnceMoreFailsWhereNothingWillServeIt() throws Exception {
        serve(single(5, 0));
        Request lost = request(1).send();
        worker.awaitBegun();
        Request waiting = request(2).send();
        scheduler.fail(new ServingException(ErrorCode.UNAVAILABLE, "in quarantine"));
        die();

        assertThatThrownBy(waiting::answer).hasMessageContaining("in quarantine");
        assertThatThrownBy(lost::answer).hasMessageContaining("SIGKILL");
    }

    @Test
    void anAnswerIsReadAfterItsWorkersDeath() throws Exception {
        serve(single(0, 0));
        worker.permit(1);
        Request slow = request(1).unread().send();
        slow.awaitUnread();
        die();
        attachWorker();
        worker.permit(1);
        assertThat(request(2).send().answer()).containsExactly(2);

        slow.read();
        assertThat(slow.answer()).containsExactly(1);
        // Its lease is void: the next worker, which may have one of the same name, is not told.
        worker.permit(1);
        assertThat(request(4).send().answer()).containsExactly(4);
        assertThat(worker.unknown()).isZero();
    }
}
