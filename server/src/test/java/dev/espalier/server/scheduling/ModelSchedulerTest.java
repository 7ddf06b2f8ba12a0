package dev.espalier.server.scheduling;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.execution.ExecutionInFlight;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.metrics.FailureReason;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.tensor.DataType;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Over real memory and real loops; only the model is made up.
@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(60)
final class ModelSchedulerTest {
    private static final long MEMORY = 64L << 20;

    private final ModelStatistics statistics = new ModelStatistics();
    @Parameter LinkKind kind;

    private Links links;
    private LinkedLoops loops;
    private InputMemory input;
    private LinkedWorker link;
    private EchoWorker worker;
    private ModelScheduler scheduler;

    @BeforeEach
    void start() throws Exception {
        links = kind.open();
        loops = new LinkedLoops(2, kind, new InternalErrors(() -> {}));
        input =
                new InputMemory(
                        new ByteBudget("request memory", "wait", MEMORY), links, Runnable::run);
    }

    @AfterEach
    void stop() {
        worker.stop();
        loops.close();
        links.close();
    }

    private void serve(SchedulingPolicy policy) throws Exception {
        serve(policy, ExecutionPolicy.DEFAULT);
    }

    private void serve(SchedulingPolicy policy, ExecutionPolicy execution) throws Exception {
        scheduler =
                new ModelScheduler(
                        "echo",
                        policy,
                        execution,
                        input,
                        statistics,
                        loops.serving().group().next());
        attachWorker();
    }

    private void attachWorker() throws Exception {
        link = new LinkedWorker("test", loops, input);
        link.activate();
        worker = new EchoWorker(link, links);
        scheduler.attach(link, 0, 1);
    }

    private void die() {
        worker.stop();
        scheduler.detach(link);
        link.die("worker test was ended by SIGKILL", -1);
    }

    private static SchedulingPolicy batching(int maxBatchSize, long delayNanos) {
        return new SchedulingPolicy(maxBatchSize, true, List.of(), delayNanos, 0, 0, false, true);
    }

    private static SchedulingPolicy single(int maxQueueSize, long timeoutMicros) {
        return new SchedulingPolicy(
                0, false, List.of(), 0, maxQueueSize, timeoutMicros, false, true);
    }

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

    private Request request(int... values) {
        return new Request(values);
    }

    /// A request with one INT32 input of a row a value, on a loop by its first value.
    private final class Request {
        private final int[] values;
        private final CompletableFuture<int[]> answer = new CompletableFuture<>();
        private final LinkedLoop loop;
        private final Member member;
        private boolean hasPlace;

        Request(int... values) {
            this.values = values;
            this.loop = onLoop(values[0] % 2, loops::current);
            Placement placement =
                    new Placement(
                            values.length,
                            true,
                            new int[] {0},
                            new DataType[] {DataType.INT32},
                            new long[][] {{values.length}},
                            new long[] {4L * values.length},
                            new int[] {0});
            this.member =
                    new Member(loop, placement, 0) {
                        @Override
                        protected void completed(
                                ExecutionInFlight execution,
                                ExecutionOutcome.Done outcome,
                                int batchRows,
                                int row) {
                            ByteBuffer all =
                                    outcome.outputs()
                                            .getFirst()
                                            .data()
                                            .asByteBuffer()
                                            .order(ByteOrder.LITTLE_ENDIAN);
                            int[] rows = new int[values.length];
                            for (int i = 0; i < rows.length; i++) {
                                rows[i] = all.getInt(4 * (row + i));
                            }
                            execution.release();
                            answer.complete(rows);
                        }

                        @Override
                        protected void failed(ServingException failure) {
                            answer.completeExceptionally(failure);
                        }
                    };
        }

        Request open() throws Exception {
            call(() -> {
                hasPlace = scheduler.open(member);
                return null;
            });
            return this;
        }

        boolean hasPlace() {
            return hasPlace;
        }

        Request send() throws Exception {
            open();
            fillAndSubmit();
            return this;
        }

        void fillAndSubmit() throws Exception {
            call(() -> {
                scheduler.place(member);
                member.makePages(0, 4L * values.length);
                ByteBuffer view = member.view(0).order(ByteOrder.LITTLE_ENDIAN);
                for (int value : values) {
                    view.putInt(value);
                }
                scheduler.submit(member);
                return null;
            });
        }

        void cancel() throws Exception {
            call(() -> {
                scheduler.cancel(member);
                return null;
            });
        }

        int[] answer() throws Exception {
            return answer.get(30, SECONDS);
        }

        boolean isAnswered() {
            return answer.isDone();
        }

        private void call(Callable<Void> action) throws Exception {
            try {
                loop.eventLoop().submit(action).get(30, SECONDS);
            } catch (ExecutionException failure) {
                throw (Exception) failure.getCause();
            }
        }
    }

    private <T> T onLoop(int index, Callable<T> action) {
        var children = loops.serving().group().iterator();
        var executor = children.next();
        for (int i = 0; i < index; i++) {
            executor = children.next();
        }
        try {
            return executor.submit(action).get(30, SECONDS);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
