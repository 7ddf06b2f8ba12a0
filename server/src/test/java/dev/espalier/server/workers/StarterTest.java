package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.SandboxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(30)
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class StarterTest {
    private static final Path PROGRAM = Path.of("../launcher/starter/amd64/espalier-starter");

    private WorkerFolder folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = WorkerFolder.create();
    }

    @AfterEach
    void removeFolder() {
        folder.remove();
    }

    private List<String> run(SandboxOptions.Mode mode, String script) throws Exception {
        return run(mode, List.of("/bin/sh", "-c", script));
    }

    /// Runs a command confined; its process lives until the starter is told to clear up.
    private List<String> run(SandboxOptions.Mode mode, List<String> command) throws Exception {
        Starter starter = new Starter(PROGRAM.toAbsolutePath(), mode);
        Process process =
                new ProcessBuilder(starter.command(folder, List.of(), command))
                        .redirectErrorStream(true)
                        .start();
        List<String> lines = new ArrayList<>();
        try (var reader = process.inputReader()) {
            String line;
            while ((line = reader.readLine()) != null) {
                lines.add(line);
                if (Starter.line(line) instanceof Starter.Line.Ended) {
                    process.getOutputStream().close();
                }
            }
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    private static ProcessEnd end(List<String> lines) {
        return lines.stream()
                .map(Starter::line)
                .filter(Starter.Line.Ended.class::isInstance)
                .map(line -> ((Starter.Line.Ended) line).end())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tellsAnExitFromASignal() throws Exception {
        assertThat(end(run(SandboxOptions.Mode.AUTO, "exit 137")))
                .isEqualTo(new ProcessEnd.Exited(137));
        makeFolder();
        assertThat(end(run(SandboxOptions.Mode.AUTO, "kill -ABRT $$")))
                .isEqualTo(new ProcessEnd.Signalled(6));
    }

    @Test
    void removesTheFolderAndWhatTheProcessHasStarted() throws Exception {
        List<String> lines =
                run(SandboxOptions.Mode.AUTO, "setsid sleep 600 & echo child $!; exit 0");
        long child =
                lines.stream()
                        .filter(line -> line.startsWith("child "))
                        .mapToLong(line -> Long.parseLong(line.substring("child ".length())))
                        .findFirst()
                        .orElseThrow();
        assertThat(ProcessHandle.of(child)).isEmpty();
        assertThat(Files.exists(folder.path())).isFalse();
    }

    @Test
    void letsNoNewPrivilegesInAndNoCoreOut() throws Exception {
        assertThat(run(SandboxOptions.Mode.OFF, "grep NoNewPrivs /proc/self/status; ulimit -c"))
                .contains("NoNewPrivs:\t1", "0");
    }

    @Test
    void saysWhyACommandCannotRun() throws Exception {
        assertThat(run(SandboxOptions.Mode.OFF, List.of("/nowhere/java")))
                .anyMatch(line -> line.contains("/nowhere/java"));
    }

    @Test
    void leavesOtherLinesToTheWorker() {
        assertThat(Starter.line("hello")).isNull();
        assertThat(Starter.line("espalier-starter: pid 7: no new privileges"))
                .isEqualTo(new Starter.Line.Begun(7, "no new privileges"));
        assertThat(Starter.line("espalier-starter: no Landlock"))
                .isEqualTo(new Starter.Line.Refused("no Landlock"));
    }
}
