package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.ops.EngineVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(10)
class EnginePacksTest {
    private static final String MACHINE = System.getProperty("os.arch");
    private static final String WORKER =
            """
            worker.classpath=../../lib/worker.jar
            worker.main=a.Main
            probe.main=a.Probe
            """;

    @TempDir Path folder;
    private EnginePacks packs;

    @BeforeEach
    void packs() {
        packs = new EnginePacks(folder.resolve("home/engines"), folder.resolve("user/engines"));
    }

    private static void describe(Path pack, String text) throws IOException {
        Files.createDirectories(pack);
        Files.writeString(pack.resolve("engine.properties"), text);
    }

    private static void add(Path directory, String version, String further) throws IOException {
        describe(
                directory.resolve("tensorflow-" + version),
                "engine=tensorflow\nversion=%s\nlibrary.%s=native/a.so\n%s"
                        .formatted(version, MACHINE, further));
    }

    private static EngineVersion tensorflow(String version) {
        return new EngineVersion("tensorflow", version);
    }

    @Test
    void areDescribedByThemselves() throws IOException {
        add(packs.distribution(), "2.21.0", WORKER);
        Files.createDirectory(packs.distribution().resolve("no pack"));
        assertThat(packs.all())
                .containsExactly(
                        new EnginePack(
                                tensorflow("2.21.0"),
                                folder.resolve("home/engines/tensorflow-2.21.0"),
                                folder.resolve("home/engines/tensorflow-2.21.0/native/a.so"),
                                new WorkerProgram(
                                        folder.resolve("home/lib/worker.jar"),
                                        "a.Main",
                                        "a.Probe")));
    }

    @Test
    void areTheDistributionsNewestByDefault() throws IOException {
        add(packs.distribution(), "2.9.1", WORKER);
        add(packs.distribution(), "2.21.0", WORKER);
        add(packs.installed(), "2.16.2", "");
        add(packs.installed(), "2.30.0", "");
        describe(packs.installed().resolve(".installing"), "half of a description");
        assertThat(packs.of("tensorflow"))
                .extracting(EnginePack::engine)
                .containsExactly(
                        tensorflow("2.21.0"),
                        tensorflow("2.9.1"),
                        tensorflow("2.30.0"),
                        tensorflow("2.16.2"));
        assertThat(packs.of("onnxruntime")).isEmpty();
    }

    @Test
    void areHostedByTheDistributionsWorkerWhenUsersInstallThem() throws IOException {
        add(packs.distribution(), "2.21.0", WORKER);
        assertThat(packs.find(tensorflow("2.16.2"))).isEmpty();
        add(packs.installed(), "2.16.2", "");
        assertThat(packs.find(tensorflow("2.16.2")).orElseThrow().worker())
                .isEqualTo(packs.all().getFirst().worker());
    }

    @Test
    void areTheDistributionsWhereUsersHaveTheSame() throws IOException {
        add(packs.installed(), "2.21.0", "");
        add(packs.distribution(), "2.21.0", WORKER);
        assertThat(packs.all())
                .extracting(EnginePack::library)
                .containsExactly(folder.resolve("home/engines/tensorflow-2.21.0/native/a.so"));
    }

    @Test
    void sayWhatIsWrongWithADescription() throws IOException {
        Path pack = packs.distribution().resolve("tensorflow-x");
        describe(pack, "engine=tensorflow\nlibrary.%s=a.so\n".formatted(MACHINE));
        assertThatThrownBy(packs::all)
                .isInstanceOf(IOException.class)
                .hasMessage(
                        pack.resolve("engine.properties")
                                + " has no 'version'; install the pack anew");
        add(packs.distribution(), "x", WORKER);
        assertThatThrownBy(packs::all)
                .isInstanceOf(IOException.class)
                .hasMessage(
                        pack.resolve("engine.properties")
                                + ": version 'x' (expected: a number first, such as 2.21.0); install the pack anew");
    }

    @Test
    void areNotThoseForOtherMachines() throws IOException {
        describe(
                packs.distribution().resolve("tensorflow-1"),
                "engine=tensorflow\nversion=1\nlibrary.pdp11=a.so\n");
        assertThat(packs.all()).isEmpty();
    }
}
