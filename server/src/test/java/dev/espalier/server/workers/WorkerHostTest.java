package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.config.SupervisionOptions;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Workers are real processes that behave in a way of their own.
@Timeout(180)
final class WorkerHostTest {
    @TempDir Path folder;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final InternalErrors errors = new InternalErrors(ended::countDown);
    private Links links;
    private LinkedLoops loops;
    private WorkerWatch watch;
    private WorkerHost host;

    /// What a model is told, in order.
    private static final class Told implements HostedModel.Observer {
        private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
        private volatile boolean fails;

        @Override
        public void loaded(LinkedWorker worker, int firstLane, Signature signature) {
            news.add("loaded");
            if (fails) {
                throw new IllegalStateException("odd signature");
            }
        }

        @Override
        public void lost(LinkedWorker worker) {
            news.add("lost");
        }

        @Override
        public void died(String death) {
            news.add("died: " + death);
        }

        @Override
        public void unserved(String reason) {
            news.add("unserved: " + reason);
        }

        @Override
        public void failed(String reason) {
            news.add("failed: " + reason);
        }

        @Override
        public void quarantined(String reason) {
            news.add("quarantined: " + reason);
        }

        String next() throws InterruptedException {
            String next = news.poll(120, TimeUnit.SECONDS);
            return next == null ? "nothing" : next;
        }

        /// The next news that begins with `word`, whatever comes before.
        String await(String word) throws InterruptedException {
            while (true) {
                String next = next();
                if (next.startsWith(word) || next.equals("nothing")) {
                    return next;
                }
            }
        }
    }

    @BeforeEach
    void open() throws Exception {
        links = LinkKind.PORTABLE.open();
        loops = new LinkedLoops(1, LinkKind.PORTABLE, errors);
        watch = new WorkerWatch(errors);
    }

    @AfterEach
    void close() {
        host.close();
        watch.close();
        loops.close();
        links.close();
        assertThat(ended.getCount()).as("the server goes on").isEqualTo(1);
    }

    private void start(LyingWorker.Way way) throws Exception {
        start(way, new SupervisionOptions(0, 0, 3, Duration.ofHours(1), Duration.ZERO, false));
    }

    private void start(LyingWorker.Way way, SupervisionOptions supervision) throws Exception {
        WorkerLauncher launcher =
                new WorkerLauncher(
                        Path.of(System.getProperty("java.home")),
                        DistributionOptions.in(folder, LinkKind.PORTABLE, SandboxOptions.Mode.OFF),
                        List.of(),
                        Map.of(),
                        WorkerGroups.none("in tests"));
        WorkerSite site =
                new WorkerSite(
                        launcher,
                        links,
                        loops,
                        watch,
                        new DeathRecords(folder.resolve("deaths")),
                        errors,
                        supervision);
        InputMemory input =
                new InputMemory(
                        new ByteBudget("request memory", "wait", 64L << 20), links, Runnable::run);
        host = new WorkerHost("lying [ops]", LyingWorker.pack(way), site, input);
        host.start();
    }

    private Told add(String name) throws Exception {
        Told told = new Told();
        host.add(model(name, told));
        return told;
    }

    private static HostedModel model(String name, Told told) {
        return new HostedModel(
                name,
                Path.of(name),
                List.of(),
                Map.of(),
                Signature.EMPTY,
                ModelSettings.NONE,
                1,
                told);
    }

    @Test
    void loadsModelsAndLetsThemGo() throws Exception {
        start(LyingWorker.Way.HONEST);
        Told first = add("first");
        Told second = new Told();
        HostedModel model = model("second", second);
        host.add(model);

        assertThat(first.next()).isEqualTo("loaded");
        assertThat(second.next()).isEqualTo("loaded");
        assertThat(host.status().models()).containsExactly("first", "second");
        host.remove(model);
        assertThat(host.status().models()).containsExactly("first");
        assertThat(host.pid()).isPositive();
    }

    @Test
    void startsTheNextWorkerWhenOneIsKilled() throws Exception {
        start(LyingWorker.Way.HONEST);
        Told told = add("model");
        assertThat(told.next()).isEqualTo("loaded");
        assertThat(ProcessHandle.of(host.pid()).orElseThrow().destroyForcibly()).isTrue();

        assertThat(told.next()).isEqualTo("lost");
        assertThat(told.next()).startsWith("died: worker lying [ops]").contains("SIGKILL");
        assertThat(told.next()).isEqualTo("loaded");
        assertThat(host.deathsByCause()).containsOnlyKeys("SIGKILL");
    }

    @Test
    void aStandbyTakesOver() throws Exception {
        start(
                LyingWorker.Way.HONEST,
                new SupervisionOptions(0, 0, 0, Duration.ZERO, Duration.ZERO, true));
        Told told = add("model");
        assertThat(told.next()).isEqualTo("loaded");
        long standby;
        do {
            Thread.onSpinWait();
            standby = host.status().standbyPid();
        } while (standby == 0);
        assertThat(ProcessHandle.of(host.pid()).orElseThrow().destroyForcibly()).isTrue();

        assertThat(told.await("loaded")).isEqualTo("loaded");
        assertThat(host.pid()).isEqualTo(standby);
    }

    @Test
    void aLoadWithoutEndCostsItsModelAndNoOther() throws Exception {
        start(
                LyingWorker.Way.HANGS,
                new SupervisionOptions(0, 0, 0, Duration.ZERO, Duration.ofSeconds(2), false));
        Told good = add("good");
        Told bad = add("bad");
        Told late = add("late");

        assertThat(bad.await("failed"))
                .contains("did not load model 'bad' within 2 s and was ended");
        assertThat(good.next()).isEqualTo("loaded");
        assertThat(good.await("loaded")).isEqualTo("loaded");
        assertThat(late.await("loaded")).isEqualTo("loaded");
        assertThat(host.deathsByCause()).containsOnlyKeys("no load within 2 s");
        assertThat(host.status().models()).containsExactly("good", "late");
    }

    @Test
    void aWorkerThatDiesOfAModelCostsThatModel() throws Exception {
        start(LyingWorker.Way.DIES);
        Told good = add("good");
        Told bad = add("bad");

        assertThat(bad.await("failed"))
                .contains("exited with 7")
                .endsWith("before it had loaded the model");
        assertThat(good.next()).isEqualTo("loaded");
        assertThat(good.await("loaded")).isEqualTo("loaded");
    }

    @Test
    void aModelThatIsRefusedLeavesTheWorkerAlone() throws Exception {
        start(LyingWorker.Way.REFUSES);
        Told bad = add("bad");
        Told good = add("good");

        assertThat(bad.next()).isEqualTo("failed: no such op");
        assertThat(good.next()).isEqualTo("loaded");
        assertThat(host.deaths()).isZero();
    }

    @Test
    void aWorkerThatEndsBeforeItConnectsFailsItsModelsWithHow() throws Exception {
        start(LyingWorker.Way.EXITS);
        assertThat(add("model").await("failed")).contains("exited with 3 while it started");
    }

    @Test
    void aWorkerThatBeginsWrongIsEnded() throws Exception {
        start(LyingWorker.Way.RUDE);
        assertThat(add("model").await("failed"))
                .contains("began with another message than Attached");
    }

    @Test
    void aStartThatGetsNowhereEndsWithTheServer() throws Exception {
        for (LyingWorker.Way way : List.of(LyingWorker.Way.ABSENT, LyingWorker.Way.MUTE)) {
            start(way);
            Told told = add("model");
            while (!host.status().state().equals("starting")) {
                Thread.onSpinWait();
            }
            long begun = System.nanoTime();
            host.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(20));
            assertThat(host.hasEnded()).isTrue();
            assertThat(told.news).noneMatch(news -> news.startsWith("loaded"));
        }
    }

    @Test
    void aWorkerThatSaysWhatIsNotTrueIsEndedWithWords() throws Exception {
        start(LyingWorker.Way.MISTAKEN);
        assertThat(add("bad").await("failed"))
                .contains("wrote nonsense (it says Loaded, having been told to load model 'bad')");
    }

    @Test
    void aWorkerThatBabblesIsEndedWithWords() throws Exception {
        start(LyingWorker.Way.BABBLES);
        assertThat(add("bad").await("failed")).contains("wrote nonsense").contains("99");
    }

    @Test
    void aWorkerThatNeverStopsTalkingPutsItsModelIntoQuarantine() throws Exception {
        start(LyingWorker.Way.CHATTERS);
        Told told = add("bad");

        assertThat(told.next()).isEqualTo("loaded");
        assertThat(told.await("quarantined"))
                .startsWith("quarantined: in quarantine after 3 deaths of its worker")
                .contains("wrote nonsense (it says Loaded, having been told to do nothing)");
        assertThat(host.status().state()).isEqualTo("quarantined");
        assertThat(add("good").await("loaded")).isEqualTo("loaded");
    }

    @Test
    void aWorkerThatClosesItsConnectionIsEnded() throws Exception {
        start(LyingWorker.Way.LEAVES);
        assertThat(add("bad").await("failed")).contains("closed its connection and was ended");
    }

    @Test
    void aModelThatCannotTakeItsNewsFailsAlone() throws Exception {
        start(LyingWorker.Way.HONEST);
        Told odd = new Told();
        odd.fails = true;
        host.add(model("odd", odd));
        Told other = add("other");

        assertThat(odd.await("failed")).contains("the server failed").contains("odd signature");
        assertThat(other.next()).isEqualTo("loaded");
        assertThat(errors.counts()).containsEntry("model", 1L);
    }
}
