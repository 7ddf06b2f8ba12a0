package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.ControlSocket;
import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
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
    static final Path PROGRAM = Path.of("../launcher/starter/amd64/espalier-starter");

    private WorkerFolder folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = WorkerFolder.create();
    }

    @AfterEach
    void removeFolder() {
        folder.remove();
    }

    /// What the starter reports of a command, and what the command says.
    private record Run(List<Starter.Report> reports, List<String> output) {
        ProcessEnd end() {
            return ((Starter.Report.Ended) reports.getLast()).end();
        }
    }

    private Run run(SandboxOptions.Mode mode, String script) throws Exception {
        return run(mode, List.of("/bin/sh", "-c", script));
    }

    /// Runs a command confined; its process lives until the starter is told to clear up.
    private Run run(SandboxOptions.Mode mode, List<String> command) throws Exception {
        Starter starter = new Starter(PROGRAM.toAbsolutePath(), mode);
        Path output = folder.path().resolveSibling(folder.path().getFileName() + ".output");
        Process process =
                new ProcessBuilder(starter.command(folder, "", List.of(), List.of(), command))
                        .redirectError(output.toFile())
                        .start();
        List<Starter.Report> reports = new ArrayList<>();
        try (var reader = process.inputReader()) {
            String line;
            while ((line = reader.readLine()) != null) {
                reports.add(Starter.Report.of(line));
                if (reports.getLast() instanceof Starter.Report.Ended) {
                    process.getOutputStream().close();
                }
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return new Run(reports, Files.readAllLines(output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    @Test
    void tellsAnExitFromASignal() throws Exception {
        assertThat(run(SandboxOptions.Mode.AUTO, "exit 137").end())
                .isEqualTo(new ProcessEnd.Exited(137));
        makeFolder();
        assertThat(run(SandboxOptions.Mode.AUTO, "kill -ABRT $$").end())
                .isEqualTo(new ProcessEnd.Signalled(6));
    }

    @Test
    void removesTheFolderAndWhatTheProcessHasStarted() throws Exception {
        Run run = run(SandboxOptions.Mode.AUTO, "setsid sleep 600 & echo $!; exit 0");
        assertThat(ProcessHandle.of(Long.parseLong(run.output().getFirst()))).isEmpty();
        assertThat(Files.exists(folder.path())).isFalse();
    }

    @Test
    void letsNoNewPrivilegesInAndNoCoreOut() throws Exception {
        assertThat(
                        run(SandboxOptions.Mode.OFF, "grep NoNewPrivs /proc/self/status; ulimit -c")
                                .output())
                .contains("NoNewPrivs:\t1", "0");
    }

    @Test
    void givesNeitherItsReportsNorItsLifeLineAway() throws Exception {
        Run run =
                run(
                        SandboxOptions.Mode.AUTO,
                        """
                        readlink /proc/self/fd/0
                        test /proc/self/fd/1 -ef /proc/self/fd/2 && echo same
                        cd /proc/self/fd && echo *
                        for fd in /proc/$PPID/fd/*; do readlink $fd || echo closed; done
                        for fd in 0 1 2 3; do echo exited with 9 > /proc/$PPID/fd/$fd || echo closed; done
                        echo exited with 8; echo exited with 7 >&2
                        """);
        assertThat(run.output()).startsWith("/dev/null", "same").contains("0 1 2 3");
        assertThat(run.output()).filteredOn("closed"::equals).hasSizeGreaterThanOrEqualTo(5);
        assertThat(run.reports()).hasSize(2);
        assertThat(run.end()).isEqualTo(new ProcessEnd.Exited(0));
    }

    @Test
    void handsTheConnectedControlSocketDown() throws Exception {
        try (Links links = LinkKind.LINUX.open();
                ControlSocket.Listener listener = links.listen()) {
            Starter starter = new Starter(PROGRAM.toAbsolutePath(), SandboxOptions.Mode.AUTO);
            List<String> command = List.of("/bin/sh", "-c", "head -c 5 <&3 >&2");
            Process process =
                    new ProcessBuilder(
                                    starter.command(
                                            folder,
                                            listener.address(),
                                            List.of(),
                                            List.of(),
                                            command))
                            .start();
            try (ControlSocket socket = listener.accept(process.pid(), 20_000);
                    var said = process.errorReader()) {
                assertThat(socket).isNotNull();
                socket.send(new byte[] {'h', 'e', 'l', 'l', 'o'});
                socket.shutdown();
                assertThat(said.readLine()).contains("h");
            } finally {
                process.getOutputStream().close();
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void saysWhyACommandCannotRun() throws Exception {
        assertThat(run(SandboxOptions.Mode.OFF, List.of("/nowhere/java")).reports())
                .contains(new Starter.Report.Refused("/nowhere/java: error 2"));
    }
}
