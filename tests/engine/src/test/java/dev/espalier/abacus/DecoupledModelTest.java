package dev.espalier.abacus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.Answer;
import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.config.UnreadLimit;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.scheduling.ExecutionPolicy;
import dev.espalier.server.scheduling.ModelScheduler;
import dev.espalier.server.scheduling.SchedulingPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A model that answers each request any number of times, from its engine in a worker process to those who wait on the
/// server's loops.
@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(120)
final class DecoupledModelTest {
    private static final int MOST_UNREAD = 8;

    @Parameter LinkKind kind;
    @TempDir Path folder;

    private final ByteBudget budget = new ByteBudget("request memory", "wait", 64L << 20);
    private final ModelStatistics statistics = new ModelStatistics();
    private Links links;
    private LinkedLoops loops;
    private AbacusProcess worker;
    private InputMemory input;
    private ModelScheduler scheduler;

    @BeforeEach
    void start() throws Exception {
        links = kind.open();
        loops = new LinkedLoops(2, kind, new InternalErrors(() -> {}));
        input =
                new InputMemory(
                        budget, links, Runnable::run, new UnreadLimit(MOST_UNREAD, 1 << 20));
        worker = new AbacusProcess(folder, links, loops, input);
    }

    @AfterEach
    void stop() {
        worker.close();
        loops.close();
        links.close();
    }

    private void serve(int maxBatchSize, long delayNanos) {
        scheduler =
                new ModelScheduler(
                        "counting",
                        new SchedulingPolicy(
                                maxBatchSize,
                                maxBatchSize > 0,
                                List.of(),
                                delayNanos,
                                0,
                                0,
                                false,
                                true),
                        ExecutionPolicy.DEFAULT,
                        input,
                        statistics,
                        loops.serving().group().next());
        scheduler.attach(worker.link, 0, 1);
    }

    private CountingRequest request(int loop, int rows, int count, int way) throws Exception {
        var children = loops.serving().group().iterator();
        var executor = children.next();
        for (int i = 0; i < loop; i++) {
            executor = children.next();
        }
        LinkedLoop own = executor.submit(loops::current).get(30, TimeUnit.SECONDS);
        return new CountingRequest(scheduler, own, rows, count, way);
    }

    private static List<String> counted(int count, int rows, String... end) {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            told.add("%d of %d rows".formatted(i, rows));
        }
        told.addAll(List.of(end));
        return told;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 3000})
    void answersInOrderAndFinishes(int count) throws Exception {
        serve(0, 0);
        assertThat(request(0, 1, count, CountingInstance.FINISH).send().told())
                .isEqualTo(counted(count, 1, "finished"));
        assertThat(request(1, 1, count, CountingInstance.LATER).send().told())
                .isEqualTo(counted(count, 1, "finished"));
    }

    @Test
    void anAnswerCanBeTheLastWord() throws Exception {
        serve(0, 0);
        assertThat(request(0, 1, 3, CountingInstance.SEND_LAST).send().told())
                .isEqualTo(counted(3, 1, "last"));
    }

    @Test
    void failsAfterAnswers() throws Exception {
        serve(0, 0);
        assertThat(request(0, 1, 2, CountingInstance.FAIL).send().told())
                .isEqualTo(counted(2, 1, "INTERNAL: the beads are gone"));
        assertThat(request(0, 1, 2, CountingInstance.THROW).send().told())
                .isEqualTo(counted(2, 1, "INTERNAL: the frame is bent"));
        assertThat(request(0, 1, 1, CountingInstance.FINISH).send().told())
                .isEqualTo(counted(1, 1, "finished"));
    }

    /// More than an instance is given beforehand, each of which waits for its client.
    @Test
    void anInstanceHasManyRequestsOpen() throws Exception {
        serve(0, 0);
        List<CountingRequest> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            requests.add(request(i % 2, 1, 100, CountingInstance.LATER).unread().send());
        }
        for (CountingRequest request : requests) {
            for (int i = 0; i < 100; i++) {
                request.awaitUnread().release();
            }
            assertThat(request.told()).isEqualTo(counted(100, 1, "finished"));
        }
        assertThat(statistics.snapshot("counting", "1").success().count()).isEqualTo(50);
    }

    @Test
    void answersRequestsOfABatchEachForItself() throws Exception {
        serve(8, 50_000_000L);
        List<CountingRequest> requests = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            requests.add(request(i % 2, i, 10 * i, CountingInstance.LATER).send());
        }
        for (int i = 1; i <= 3; i++) {
            assertThat(requests.get(i - 1).told()).isEqualTo(counted(10 * i, i, "finished"));
        }
    }

    @Test
    void waitsForAClientThatDoesNotReadAndServesOthers() throws Exception {
        serve(0, 0);
        CountingRequest slow = request(0, 1, 1000, CountingInstance.LATER).unread().send();
        var first = slow.awaitUnread();
        for (int i = 0; i < 20; i++) {
            assertThat(request(1, 1, 30, CountingInstance.FINISH).send().told())
                    .isEqualTo(counted(30, 1, "finished"));
        }
        assertThat(slow.lying()).isLessThan(MOST_UNREAD);
        first.release();
        for (int i = 1; i < 1000; i++) {
            slow.awaitUnread().release();
        }
        assertThat(slow.told()).isEqualTo(counted(1000, 1, "finished"));
    }

    @Test
    void failsARequestThatHoldsUpOthersForTooLong() throws Exception {
        serve(0, 0);
        CountingRequest slow = request(0, 1, 1000, CountingInstance.FINISH).unread().send();
        slow.awaitUnread();
        CountingRequest next = request(1, 1, 1, CountingInstance.FINISH).send();

        assertThat(slow.told())
                .isEqualTo(
                        counted(
                                MOST_UNREAD,
                                1,
                                "INTERNAL: its client left %d answers unread while other requests waited for the model's instance, for %d ms"
                                        .formatted(MOST_UNREAD, Answer.MOST_HOLD_MILLIS)));
        assertThat(next.told()).isEqualTo(counted(1, 1, "finished"));
    }

    @Test
    void tellsTheModelThatNobodyWaitsAnyMore() throws Exception {
        serve(0, 0);
        long before = budget.inUse();
        CountingRequest endless = request(0, 1, 0, CountingInstance.FOR_EVER).unread().send();
        List<dev.espalier.server.execution.Answer> held = new ArrayList<>();
        for (int i = 0; i < MOST_UNREAD; i++) {
            held.add(endless.awaitUnread());
        }
        endless.cancel();
        held.forEach(dev.espalier.server.execution.Answer::release);
        // It is over when the model has seen that.
        var drained = new java.util.concurrent.CountDownLatch(1);
        scheduler.retire(drained::countDown);
        assertThat(drained.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(endless.isOver()).isFalse();
        assertThat(budget.inUse()).isEqualTo(before);
    }

    @Test
    void runsNothingTwiceThatHasBeenAnswered() throws Exception {
        serve(0, 0);
        CountingRequest dying = request(0, 1, 3, CountingInstance.DIE).send();
        worker.await();
        scheduler.detach(worker.link);
        worker.link.die("worker abacus exited with 3", -1);

        assertThat(dying.told())
                .isEqualTo(
                        counted(
                                3,
                                1,
                                "UNAVAILABLE: model 'counting': worker abacus exited with 3 after 3 answers to this request, which is not run twice"));
    }
}
