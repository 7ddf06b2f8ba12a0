package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkKind;
import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.ops.EngineVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerLauncherTest {
    private static final EnginePack NONE =
            new EnginePack(
                    new EngineVersion("none", "1"),
                    Path.of("none"),
                    Path.of("none.so"),
                    new WorkerProgram(Path.of("none.jar"), "Main", "Probe"));

    @TempDir Path folder;

    /// One of a distribution whose only content is a starter.
    private WorkerLauncher launcher(LinkKind link, SandboxOptions.Mode sandbox) throws Exception {
        return launcher(link, sandbox, Map.of());
    }

    private WorkerLauncher launcher(
            LinkKind link, SandboxOptions.Mode sandbox, Map<String, WorkerNeeds> needs)
            throws Exception {
        Path starter =
                folder.resolve("lib/starter")
                        .resolve(System.getProperty("os.arch"))
                        .resolve("espalier-starter");
        if (Files.notExists(starter)) {
            Files.createDirectories(starter.getParent());
            Files.writeString(starter, "#!/bin/sh\necho \"$@\"\n");
            assertThat(starter.toFile().setExecutable(true)).isTrue();
        }
        return new WorkerLauncher(
                Path.of(System.getProperty("java.home")),
                DistributionOptions.in(folder, link, sandbox),
                List.of(),
                needs,
                WorkerGroups.none("in tests"));
    }

    private String command(SandboxNeeds sandbox) throws Exception {
        WorkerNeeds needs = new WorkerNeeds(List.of(), List.of("-Xmx96m"), sandbox);
        return said(
                launcher(LinkKind.LINUX, SandboxOptions.Mode.AUTO, Map.of("none", needs))
                        .start(NONE, "socket"));
    }

    @Test
    void givesWorkersWhatTheirEngineNeeds() throws Exception {
        Path device = Path.of("/dev/null");
        Path missing = folder.resolve("missing");
        List<Path> readable = List.of(folder);

        assertThat(command(new SandboxNeeds(readable, List.of(device), true)))
                .contains(" --memory-files --read=" + folder + " ")
                .contains(" --write=/dev/null -- ")
                .containsPattern("-Xmx64m .*-Xmx96m .*-cp ");
        assertThat(command(new SandboxNeeds(readable, List.of(device, missing), true)))
                .as("without one of its devices")
                .doesNotContain("--memory-files", "--read=" + folder + " ", missing.toString());
    }

    @Test
    void leavesTheStarterToLinux() throws Exception {
        WorkerLauncher.Started portable =
                launcher(LinkKind.PORTABLE, SandboxOptions.Mode.AUTO).start(NONE, "socket");
        WorkerLauncher.Started linux =
                launcher(LinkKind.LINUX, SandboxOptions.Mode.AUTO).start(NONE, "socket");

        assertThat(portable.confined()).isFalse();
        assertThat(said(portable)).contains("find or load main class Main");
        assertThat(linux.confined()).isTrue();
        assertThat(said(linux))
                .contains("--socket=socket --no-group=in tests --sandbox=auto")
                .contains("Main linux descriptor:3 none");
    }

    private static String said(WorkerLauncher.Started started) throws Exception {
        try (var reader = started.process().inputReader()) {
            String said = reader.readAllAsString();
            assertThat(started.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            started.folder().remove();
        }
    }

    @Test
    void startsNothingUnconfinedWhereThatIsForbidden() throws Exception {
        WorkerLauncher launcher = launcher(LinkKind.PORTABLE, SandboxOptions.Mode.ON);

        assertThatThrownBy(() -> launcher.start(NONE, "socket"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("as --worker-sandbox=on demands");
    }
}
