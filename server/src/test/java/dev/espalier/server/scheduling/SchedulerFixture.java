package dev.espalier.server.scheduling;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.execution.Answer;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.execution.ModelCall;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A scheduler over real memory and real loops; only the model is made up. For tests over each kind of link.
@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(60)
abstract class SchedulerFixture {
    static final long MEMORY = 64L << 20;

    final ModelStatistics statistics = new ModelStatistics();
    @Parameter LinkKind kind;

    final ByteBudget budget = new ByteBudget("request memory", "wait", MEMORY);
    private Links links;
    LinkedLoops loops;
    private InputMemory input;
    LinkedWorker link;
    EchoWorker worker;
    ModelScheduler scheduler;

    @BeforeEach
    void start() throws Exception {
        links = kind.open();
        loops = new LinkedLoops(2, kind, new InternalErrors(() -> {}));
        input = new InputMemory(budget, links, Runnable::run);
    }

    @AfterEach
    void stop() {
        worker.stop();
        loops.close();
        links.close();
    }

    void serve(SchedulingPolicy policy) throws Exception {
        serve(policy, ExecutionPolicy.DEFAULT);
    }

    void serve(SchedulingPolicy policy, ExecutionPolicy execution) throws Exception {
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

    void attachWorker() throws Exception {
        link = new LinkedWorker("test", loops, input);
        link.activate();
        worker = new EchoWorker(link, links);
        scheduler.attach(link, 0, 1);
    }

    void die() {
        worker.stop();
        scheduler.detach(link);
        link.die("worker test was ended by SIGKILL", -1);
    }

    static SchedulingPolicy batching(int maxBatchSize, long delayNanos) {
        return new SchedulingPolicy(maxBatchSize, true, List.of(), delayNanos, 0, 0, false, true);
    }

    static SchedulingPolicy single(int maxQueueSize, long timeoutMicros) {
        return new SchedulingPolicy(
                0, false, List.of(), 0, maxQueueSize, timeoutMicros, false, true);
    }

    Request request(int... values) {
        return new Request(values);
    }

    /// A request with one INT32 input of a row a value, on a loop by its first value.
    final class Request {
        private final int[] values;
        private final CompletableFuture<int[]> answer = new CompletableFuture<>();
        private final CompletableFuture<ExecutionOutcome.Done> unread = new CompletableFuture<>();
        private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<Answer> held = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<ModelCall> calls = new LinkedBlockingQueue<>();
        private boolean readsLater;
        private final LinkedLoop loop;
        final Member member;
        private boolean hasPlace;
        private int first;

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
                                ExecutionOutcome.Done outcome, int batchRows, int row) {
                            first = row;
                            if (readsLater) {
                                unread.complete(outcome);
                            } else {
                                read(outcome);
                            }
                        }

                        @Override
                        protected void answered(ExecutionOutcome.Done own, boolean last) {
                            told.add(Integer.toString(value(own)));
                            if (readsLater) {
                                held.add(own.answer());
                            } else {
                                own.answer().release();
                            }
                            if (last) {
                                told.add("last");
                            }
                        }

                        @Override
                        protected void finished() {
                            told.add("finished");
                        }

                        @Override
                        protected void called(ModelCall call) {
                            told.add("calls " + call.texts().model());
                            calls.add(call);
                        }

                        @Override
                        protected void callOver(int number) {
                            told.add("has done with call " + number);
                        }

                        @Override
                        protected void endCalls() {
                            for (ModelCall call = calls.poll(); call != null; call = calls.poll()) {
                                call.releaseInputs();
                                call.close();
                            }
                        }

                        @Override
                        protected void failed(ServingException failure) {
                            answer.completeExceptionally(failure);
                            told.add(String.valueOf(failure.getMessage()));
                        }
                    };
        }

        private static int value(ExecutionOutcome.Done own) {
            return own.outputs()
                    .getFirst()
                    .data()
                    .asByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
        }

        /// What it is told next, of those that are answered each for itself.
        String told() throws InterruptedException {
            String next = told.poll(30, SECONDS);
            if (next == null) {
                throw new AssertionError("nothing within 30 s");
            }
            return next;
        }

        /// The oldest call that has been made for it and is not over.
        ModelCall call() {
            return calls.element();
        }

        boolean isToldNothing() {
            return told.isEmpty();
        }

        /// Reads the oldest of its answers that lie unread.
        void readOne() throws InterruptedException {
            held.take().release();
        }

        private void read(ExecutionOutcome.Done outcome) {
            ByteBuffer all =
                    outcome.outputs()
                            .getFirst()
                            .data()
                            .asByteBuffer()
                            .order(ByteOrder.LITTLE_ENDIAN);
            int[] rows = new int[values.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = all.getInt(4 * (first + i));
            }
            outcome.answer().release();
            answer.complete(rows);
        }

        /// Has the answer lie where it is until it is [#read].
        Request unread() {
            readsLater = true;
            return this;
        }

        /// Waits until the answer is there that is not read yet.
        void awaitUnread() throws Exception {
            ExecutionOutcome.Done _ = unread.get(30, SECONDS);
        }

        /// Reads the answer on the request's loop.
        void read() throws Exception {
            ExecutionOutcome.Done outcome = unread.get(30, SECONDS);
            call(() -> {
                read(outcome);
                return null;
            });
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

    <T> T onLoop(int index, Callable<T> action) {
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
