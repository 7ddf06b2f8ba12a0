package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkKind;
import dev.espalier.link.ProbeEvent;
import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.ops.ProbeOutcome;
import dev.espalier.tensor.OpReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Real processes that tell something and end in some way.
@Timeout(120)
class ProbeProcessTest {
    private static final Duration PATIENT = Duration.ofSeconds(60);
    @TempDir Path folder;

    private ProbeOutcome look(Duration limit, String script) throws Exception {
        return look(LinkKind.PORTABLE, limit, script);
    }

    private ProbeOutcome look(LinkKind link, Duration limit, String script) throws Exception {
        EnginePack pack =
                new EnginePack(
                        new EngineVersion("onnxruntime", "1.2.3"),
                        folder,
                        folder.resolve("libengine.so"),
                        new WorkerProgram(
                                Path.of(System.getProperty("java.class.path")),
                                "none",
                                ScriptedProbe.class.getName()));
        WorkerLauncher launcher =
                new WorkerLauncher(
                        Path.of(System.getProperty("java.home")),
                        DistributionOptions.in(folder, link, SandboxOptions.Mode.OFF),
                        List.of(),
                        Map.of(),
                        WorkerGroups.none("in tests"));
        ProbeProcess probe = new ProbeProcess(pack, launcher, limit);
        assertThat(probe.engine()).isEqualTo("onnxruntime-1.2.3");
        Path library = Files.writeString(folder.resolve("libscript.so"), script);
        String hash = "0".repeat(64);
        return probe.look(new OpLibrary(hash, hash, library, folder, library, List.of()));
    }

    private ProbeOutcome lookConfined(String script) throws Exception {
        Path starter = folder.resolve("lib/starter/amd64/espalier-starter");
        Files.createDirectories(starter.getParent());
        Files.copy(StarterTest.PROGRAM, starter);
        return look(LinkKind.LINUX, PATIENT, script);
    }

    @Test
    void passesOnWhatAProbeTells() throws Exception {
        ProbeOutcome outcome = look(PATIENT, "tell begun\ntell opened\ntell Op\nexit 0");
        assertThat(outcome.events())
                .containsExactly(
                        new ProbeEvent.Begun(),
                        new ProbeEvent.Opened(),
                        new ProbeEvent.Finished(
                                new OpReport.Provides(List.of(ScriptedProbe.op("Op")))));
        assertThat(outcome.ending()).isEqualTo("exited with 0");
    }

    @Test
    void saysHowAProbeEndsAndWhatItSaidLast() throws Exception {
        ProbeOutcome outcome = look(PATIENT, "tell begun\nsay first\nsay no licence\nexit 7");
        assertThat(outcome.events()).containsExactly(new ProbeEvent.Begun());
        assertThat(outcome.ending()).isEqualTo("exited with 7");
        assertThat(outcome.lastWords()).isEqualTo("no licence");
    }

    @Test
    void namesTheSignalBehindTheJvmsReport() throws Exception {
        assertThat(look(PATIENT, "tell begun\nraise 11").ending())
                .isEqualTo("was ended by SIGSEGV");
        assertThat(look(PATIENT, "tell begun\nraise 6").ending()).isEqualTo("was ended by SIGABRT");
    }

    @Test
    void endsAProbeThatIsSilentForTooLong() throws Exception {
        ProbeOutcome outcome = look(Duration.ofSeconds(5), "tell begun\ntell opened\nhang");
        assertThat(outcome.events())
                .containsExactly(new ProbeEvent.Begun(), new ProbeEvent.Opened());
        assertThat(outcome.ending()).isEmpty();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void startsAProbeAsItStartsWorkers() throws Exception {
        ProbeOutcome outcome = lookConfined("tell begun\ncut no licence\nraise 11");
        assertThat(outcome.events()).containsExactly(new ProbeEvent.Begun());
        // The JVM goes on where the library has not ended its line.
        assertThat(outcome.lastWords()).startsWith("no licence");
        assertThat(outcome.ending()).isEqualTo("was ended by SIGSEGV");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void killsWhatAProbeHasStarted() throws Exception {
        Path pid = folder.resolve("pid");
        ProbeOutcome outcome =
                lookConfined("tell begun\nrun setsid sleep 600 & echo $! > " + pid + "\nexit 0");
        assertThat(outcome.ending()).isEqualTo("exited with 0");
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))).isEmpty();
    }

    @Test
    void readsEventsOfABoundedSizeAndOnlyItsOwnFile() throws Exception {
        assertThat(look(PATIENT, "tell begun\nenlarge 1500000000\nhang").ending())
                .isEqualTo("has written 1500000000 bytes of events (expected: 4194304 at most)");
        assertThat(look(PATIENT, "tell begun\nreplace /dev/zero\nexit 0").events())
                .containsExactly(new ProbeEvent.Begun());
        assertThat(look(PATIENT, "scribble 77\nhang").ending())
                .isEqualTo("probe event's type: 77 (expected: 1..7)");
    }
}
