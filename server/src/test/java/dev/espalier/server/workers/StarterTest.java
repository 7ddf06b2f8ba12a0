package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.espalier.link.ControlSocket;
import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.config.Place;
import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.files.FolderRemoval;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class StarterTest {
    static final Path PROGRAM = Path.of("../launcher/starter/amd64/espalier-starter");

    private static final long MEMORY = 200 << 20;
    private static final long DISK = 20 << 20;
    private static final long ADDRESSES = 3L << 30;

    private WorkerFolder folder;

    /// What the starter is told of a control group.
    private List<String> group = List.of();

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

    private Run run(SandboxOptions.Mode mode, List<String> command) throws Exception {
        return run(mode, List.of(), List.of(), command);
    }

    /// Runs a command confined; its process lives until the starter is told to clear up.
    ///
    /// @param before what starts the starter
    /// @param writable what the operator lets it write
    private Run run(
            SandboxOptions.Mode mode,
            List<String> before,
            List<Place> writable,
            List<String> command)
            throws Exception {
        SandboxOptions options =
                new SandboxOptions(
                        mode,
                        List.of(),
                        List.of(),
                        writable,
                        false,
                        new SandboxOptions.User(65534, 65534),
                        DISK,
                        ADDRESSES);
        Starter starter = new Starter(PROGRAM.toAbsolutePath(), options, MEMORY);
        Path output = folder.path().resolveSibling(folder.path().getFileName() + ".output");
        List<String> whole = new ArrayList<>(before);
        whole.addAll(starter.command(folder, "", group, List.of(), SandboxNeeds.NONE, command));
        Process process = new ProcessBuilder(whole).redirectError(output.toFile()).start();
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
        String age = "600." + ThreadLocalRandom.current().nextInt(1_000_000, 10_000_000);
        Run run =
                run(
                        SandboxOptions.Mode.AUTO,
                        "setsid sleep %s & while ! grep -q %s /proc/$!/cmdline; do :; done; echo started"
                                .formatted(age, age));
        assertThat(run.output()).containsExactly("started");
        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info().commandLine().orElse("").contains(age));
        assertThat(Files.exists(folder.path())).isFalse();
    }

    /// A folder stands for the control group: that the worker comes into a real one, and what that holds it to, is not
    /// seen here.
    @Test
    void putsTheWorkerIntoItsGroupAndSaysThatItsMemoryWasTooMuch(@TempDir Path made)
            throws Exception {
        Files.createFile(made.resolve("cgroup.procs"));
        Files.createFile(made.resolve("cgroup.kill"));
        Files.writeString(made.resolve("memory.events"), "low 0\nmax 7\noom 1\noom_kill 1\n");
        group = List.of("--group=" + made);
        Run run = run(SandboxOptions.Mode.AUTO, "kill -9 $$");
        assertThat(begun(run).confinement()).contains("own session, cgroup, ");
        assertThat(made.resolve("cgroup.procs")).hasContent("0");
        assertThat(made.resolve("cgroup.kill")).hasContent("1");
        assertThat(run.reports())
                .contains(new Starter.Report.Overrun(new DeathCause.TooMuchMemory(MEMORY)));
    }

    @Test
    void doesWithoutAGroupAndSaysWhy(@TempDir Path nothing) throws Exception {
        group = List.of("--group=" + nothing.resolve("gone"));
        assertThat(begun(run(SandboxOptions.Mode.AUTO, "exit 0")).confinement())
                .contains("not there: ")
                .endsWith("cgroup (error 2)");
        makeFolder();
        group = List.of("--no-group=no cgroup v2 is mounted");
        assertThat(begun(run(SandboxOptions.Mode.AUTO, "exit 0")).confinement())
                .endsWith("cgroup (no cgroup v2 is mounted)");
    }

    private static Starter.Report.Begun begun(Run run) {
        return (Starter.Report.Begun) run.reports().getFirst();
    }

    @Test
    void letsNoNewPrivilegesInAndNoCoreOut() throws Exception {
        assertThat(
                        run(SandboxOptions.Mode.OFF, "grep NoNewPrivs /proc/self/status; ulimit -c")
                                .output())
                .contains("NoNewPrivs:\t1", "0");
    }

    @Test
    void letsAWorkerIntoItsRootWhateverTheServersMask() throws Exception {
        Run run =
                run(
                        SandboxOptions.Mode.AUTO,
                        List.of("/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"),
                        List.of(),
                        List.of("/bin/sh", "-c", "echo x > mine && cat mine"));
        assertThat(run.output()).containsExactly("x");
        assertThat(run.end()).isEqualTo(new ProcessEnd.Exited(0));
    }

    @Test
    void givesThePlaceThatWasAllowedAndItsName() throws Exception {
        Path data = Files.createTempDirectory("starter-test");
        try {
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
            Path sub = Files.createDirectories(data.resolve("real/sub"));
            Files.setPosixFilePermissions(sub, PosixFilePermissions.fromString("rwxrwxrwx"));
            Path name = Files.createSymbolicLink(data.resolve("name"), data.resolve("real"));
            String script = "echo x > %s/sub/file".formatted(name);
            Run run = writing(Place.of(name.resolve("sub")), script);
            assertThat(run.end()).isEqualTo(new ProcessEnd.Exited(0));
            assertThat(sub.resolve("file")).hasContent("x");
        } finally {
            FolderRemoval.remove(data);
        }
    }

    @Test
    void followsNoLinkThatWasMadeAfterAPlaceWasAllowed() throws Exception {
        Path data = Files.createTempDirectory("starter-test");
        try {
            Path secret = Files.createDirectories(data.resolve("secret/sub"));
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwxrwxrwx"));
            Place allowed = Place.of(Files.createDirectories(data.resolve("d/sub")));
            Files.delete(data.resolve("d/sub"));
            Files.delete(data.resolve("d"));
            Files.createSymbolicLink(data.resolve("d"), secret.getParent());
            Run run = writing(allowed, "echo x > %s/file".formatted(allowed.path()));
            assertThat(run.end()).isNotEqualTo(new ProcessEnd.Exited(0));
            assertThat(secret.resolve("file")).doesNotExist();
            // And it has all that it had besides.
            assertThat(((Starter.Report.Begun) run.reports().getFirst()).confinement())
                    .contains("processes+ipc+network");
        } finally {
            FolderRemoval.remove(data);
        }
    }

    private Run writing(Place writable, String script) throws Exception {
        return run(
                SandboxOptions.Mode.AUTO,
                List.of(),
                List.of(writable),
                List.of("/bin/sh", "-c", script));
    }

    @Test
    void refusesArgumentsThatItDoesNotKnow() throws Exception {
        Process process =
                new ProcessBuilder(
                                PROGRAM.toAbsolutePath().toString(),
                                "--folder=" + folder.path(),
                                "--adresses=1",
                                "--",
                                "/bin/true")
                        .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.inputReader().readLine())
                .startsWith("is started by the Espalier server");
    }

    @Test
    void refusesAddressesBeyondTheLimit() throws Exception {
        assertThat(run(SandboxOptions.Mode.AUTO, "ulimit -v; ulimit -H -v").output())
                .containsExactly("3145728", "3145728");
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
            Starter starter =
                    new Starter(
                            PROGRAM.toAbsolutePath(),
                            new SandboxOptions(SandboxOptions.Mode.AUTO, List.of()),
                            0);
            List<String> command = List.of("/bin/sh", "-c", "head -c 5 <&3 >&2");
            Process process =
                    new ProcessBuilder(
                                    starter.command(
                                            folder,
                                            listener.address(),
                                            List.of(),
                                            List.of(),
                                            SandboxNeeds.NONE,
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

    /// Skips the test where this machine gives no namespaces, as in most containers.
    private Run confined(String script) throws Exception {
        Run run = run(SandboxOptions.Mode.ON, script);
        Starter.Report first = run.reports().getFirst();
        assumeFalse(
                first instanceof Starter.Report.Refused(String why)
                        && why.startsWith("--worker-sandbox=on, and this machine does not give: "),
                first.toString());
        return run;
    }

    @Test
    void showsAWorkerNothingButItsFiles() throws Exception {
        Path secret =
                Files.writeString(folder.path().resolveSibling("secret-" + UUID.randomUUID()), "x");
        try {
            Run run =
                    confined(
                            """
                            cat %s && echo read
                            echo x > /usr/x || echo kept
                            echo x > mine && cat mine
                            echo /dev/* /etc/sh*
                            """
                                    .formatted(secret));
            assertThat(run.output())
                    .doesNotContain("read")
                    .contains("kept", "x")
                    .anyMatch(line -> line.endsWith("No such file or directory"));
            assertThat(run.output().getLast())
                    .isIn(
                            "/dev/* /etc/sh*",
                            "/dev/null /dev/random /dev/urandom /dev/zero /etc/sh*");
        } finally {
            Files.delete(secret);
        }
    }

    @Test
    void leavesAWorkerNeitherRightsNorNeighbours() throws Exception {
        Run run =
                confined(
                        """
                        grep -E '^(Cap|Seccomp:|Uid)' /proc/self/status
                        for ns in pid net ipc mnt; do readlink /proc/self/ns/$ns; done
                        ls /proc | grep -c '^[0-9]'
                        kill -9 $PPID 2>/dev/null || echo alive
                        """);
        assertThat(run.output())
                .contains(
                        "Seccomp:\t2",
                        "CapEff:\t0000000000000000",
                        "CapBnd:\t0000000000000000",
                        "alive")
                .doesNotContain("Uid:\t0\t0\t0\t0");
        for (String namespace : List.of("pid", "net", "ipc", "mnt")) {
            assertThat(run.output())
                    .doesNotContain(
                            Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)).toString());
        }
        assertThat(run.end()).isEqualTo(new ProcessEnd.Exited(0));
        assertThat(((Starter.Report.Begun) run.reports().getFirst()).confinement())
                .contains("processes+ipc+network", "no capabilities", "system calls filtered");
    }

    @Test
    void endsAWorkerWhoseFolderGrows() throws Exception {
        Run run =
                run(
                        SandboxOptions.Mode.AUTO,
                        "for i in 1 2 3; do head -c 10000000 /dev/zero > f$i; done; sleep 20");
        assertThat(run.reports())
                .contains(new Starter.Report.Overrun(new DeathCause.TooMuchDisk(DISK)));
        assertThat(run.end()).isEqualTo(new ProcessEnd.Signalled(9));
    }

    @Test
    void letsNoFileGrowBeyondTheLimit() throws Exception {
        assertThat(
                        run(SandboxOptions.Mode.AUTO, "head -c 30000000 /dev/zero > f; echo $?")
                                .output())
                .doesNotContain("0");
    }

    @Test
    void countsTheMemoryOfWhatAWorkerStarts() throws Exception {
        Run run =
                confined(
                        """
                        hold() { held=$(head -c 80000000 /dev/zero | tr '\\0' x); sleep 20; }
                        hold & hold & hold & sleep 20
                        """);
        assertThat(run.reports())
                .contains(new Starter.Report.Overrun(new DeathCause.TooMuchMemory(MEMORY)));
    }

    /// A starter that a worker starts has less to give than it is asked for.
    @Test
    void saysWhatIsNotThereAndInsistsWhereItIsToldTo() throws Exception {
        Path program = Files.copy(PROGRAM, folder.path().resolve("espalier-starter"));
        String script =
                "mkdir inner && exec ./espalier-starter --folder=inner --sandbox=%s --read=/ --"
                        + " /bin/true";
        Run on = confined(script.formatted("on"));
        assertThat(on.output())
                .singleElement()
                .asString()
                .startsWith(
                        "--worker-sandbox=on, and this machine does not give: namespaces (clone:"
                                + " error 1)")
                .endsWith("; use auto or off");
        makeFolder();
        Files.copy(PROGRAM, folder.path().resolve(program.getFileName()));
        Run auto = run(SandboxOptions.Mode.AUTO, script.formatted("auto"));
        assertThat(auto.output().getFirst()).contains("; not there: namespaces (clone: error 1)");
    }

    @Test
    void saysWhyACommandCannotRun() throws Exception {
        assertThat(run(SandboxOptions.Mode.OFF, List.of("/nowhere/java")).reports())
                .contains(new Starter.Report.Refused("/nowhere/java: error 2"));
    }
}
