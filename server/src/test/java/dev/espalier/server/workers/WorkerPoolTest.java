package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.config.GrantRules;
import dev.espalier.server.config.Grants;
import dev.espalier.server.config.Place;
import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.config.WorkerOptions;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.OpSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class WorkerPoolTest {
    private static final EngineVersion ENGINE = new EngineVersion("lying", "1");
    private static final OpSet NONE = new OpSet(List.of());

    @TempDir Path folder;

    private Links links;
    private LinkedLoops loops;
    private ByteBudget memory;
    private WorkerPool pool;

    @BeforeEach
    void open() throws Exception {
        Path pack = Files.createDirectories(folder.resolve("packs/lying-1"));
        Files.writeString(
                pack.resolve("engine.properties"),
                "engine=lying\nversion=1\nlibrary.%s=HONEST\nworker.classpath=x.jar\nworker.main=M\nprobe.main=P\n"
                        .formatted(System.getProperty("os.arch")));
        links = LinkKind.PORTABLE.open();
        loops = new LinkedLoops(1, LinkKind.PORTABLE, new InternalErrors(() -> {}));
        memory = new ByteBudget("request memory", "wait", 64L << 20);
        Path real = folder.toRealPath();
        WorkerOptions options =
                DistributionOptions.in(
                        folder,
                        LinkKind.PORTABLE,
                        SandboxOptions.Mode.OFF,
                        new GrantRules(
                                "grants",
                                List.of(
                                        new GrantRules.Rule(
                                                "granted", GrantRules.Kind.READ, real))));
        pool =
                new WorkerPool(
                        new EnginePacks(folder.resolve("packs"), folder.resolve("none")),
                        new WorkerLauncher(
                                Path.of(System.getProperty("java.home")),
                                options,
                                List.of(),
                                Map.of(),
                                WorkerGroups.none("in tests")),
                        links,
                        loops,
                        folder.resolve("laid"),
                        memory,
                        Runnable::run,
                        new InternalErrors(() -> {}),
                        options);
    }

    @AfterEach
    void close() {
        pool.close();
        loops.close();
        links.close();
    }

    @Test
    void modelsOfOneOpSetShareAHostUntilTheLastLeaves() throws Exception {
        WorkerHost host = lease("m", Grants.NONE);
        assertThat(lease("m", Grants.NONE)).isSameAs(host);
        pool.release(host);
        assertThat(pool.hosts()).containsExactly(host);
        pool.release(host);
        assertThat(pool.hosts()).isEmpty();
        assertThatThrownBy(() -> pool.release(host)).hasMessageContaining("released too often");
        assertThat(lease("m", Grants.NONE)).isNotSameAs(host);
    }

    private WorkerHost lease(String model, Grants asked) throws ServingException {
        return pool.lease(ENGINE, NONE, model, asked, Map.of());
    }

    @Test
    void grantsPartWorkersOfOneOpSet() throws Exception {
        Grants data = new Grants(List.of(Place.of(folder)), List.of(), false);
        WorkerHost host = lease("m", Grants.NONE);
        WorkerHost granted = lease("granted", data);
        assertThat(granted).isNotSameAs(host);
        assertThat(lease("granted", data)).isSameAs(granted);
        Grants two =
                new Grants(
                        List.of(Place.of(folder.resolve("a")), Place.of(folder.resolve("b"))),
                        List.of(),
                        false);
        assertThat(lease("granted", two)).isNotSameAs(granted);
    }

    @Test
    void refusesWhatTheOperatorDoesNotAllow() {
        Grants data = new Grants(List.of(Place.of(folder)), List.of(), false);
        assertThatThrownBy(() -> lease("m", data))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("model 'm', parameter 'worker_read': '" + folder);
        assertThat(pool.hosts()).isEmpty();
    }

    @Test
    void manyThatAskAtOnceGetOneHost() throws Exception {
        List<Callable<WorkerHost>> leases = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            leases.add(() -> lease("m", Grants.NONE));
        }
        Set<WorkerHost> hosts = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<WorkerHost> lease : threads.invokeAll(leases)) {
                hosts.add(lease.get());
            }
        }
        assertThat(hosts).hasSize(1);
        WorkerHost host = hosts.iterator().next();
        for (int i = 0; i < 16; i++) {
            assertThat(pool.hosts()).containsExactly(host);
            pool.release(host);
        }
        assertThat(pool.hosts()).isEmpty();
    }

    @Test
    void aLoadThatTheEndOvertakesIsRefusedAndItsMemoryIsThere() throws Exception {
        WorkerHost host = lease("m", Grants.NONE);
        pool.close();
        HostedModel model = HostedModelsTest.ofTwoInstances("m");
        assertThatThrownBy(() -> host.add(model))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("the server is stopping");
        assertThatThrownBy(() -> lease("n", Grants.NONE)).hasMessageContaining("is stopping");
        // Where it were mapped no more, this would end the JVM.
        host.input().clearLane(0);
        pool.release(host);
    }

    @Test
    void anEngineThatIsNotThereIsRefusedWithWhatToDo() {
        assertThatThrownBy(() ->
                        pool.lease(
                                new EngineVersion("lying", "2"), NONE, "m", Grants.NONE, Map.of()))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("espalier engine install");
        assertThat(pool.hosts()).isEmpty();
    }
}
