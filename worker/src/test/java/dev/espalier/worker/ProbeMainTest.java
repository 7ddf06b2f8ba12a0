package dev.espalier.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.ProbeEvent;
import dev.espalier.tensor.OpReport;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Real probes of real libraries, each in a process that it may end.
@Timeout(120)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class ProbeMainTest {
    private static final Path LIBRARIES =
            Path.of(System.getProperty("espalier.root")).resolve("tests/ops/x86-64");
    @TempDir static Path shared;
    @TempDir Path folder;

    @BeforeAll
    static void unpackEngine() throws Exception {
        try (InputStream engine =
                ProbeMainTest.class.getResourceAsStream(
                        "/ai/onnxruntime/native/linux-x64/libonnxruntime.so")) {
            Files.copy(engine, shared.resolve("libonnxruntime.so"));
        }
    }

    private Process start(String library) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-Despalier.probe.ends-with-input=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProbeMain.class.getName(),
                        folder.resolve("events").toString(),
                        "onnxruntime",
                        shared.resolve("libonnxruntime.so").toString(),
                        LIBRARIES.resolve("lib" + library + ".so").toString())
                .redirectOutput(folder.resolve("output").toFile())
                .redirectErrorStream(true)
                .start();
    }

    private int probe(String library) throws Exception {
        return start(library).waitFor();
    }

    private List<ProbeEvent> events() throws Exception {
        return ProbeEvent.decoded(Files.readAllBytes(folder.resolve("events")));
    }

    @Test
    void tellsWhatALibraryProvides() throws Exception {
        assertThat(probe("several")).as(Files.readString(folder.resolve("output"))).isZero();
        assertThat(events()).startsWith(new ProbeEvent.Begun(), new ProbeEvent.Opened()).hasSize(3);
        assertThat(events().getLast())
                .isInstanceOfSatisfying(
                        ProbeEvent.Finished.class,
                        finished ->
                                assertThat(finished.report())
                                        .isInstanceOfSatisfying(
                                                OpReport.Provides.class,
                                                report -> assertThat(report.ops()).hasSize(2)));
    }

    @Test
    void leavesTracesOfALibraryThatCrashesWhenItIsOpened() throws Exception {
        assertThat(probe("opening_crashes")).isNotZero();
        assertThat(events()).containsExactly(new ProbeEvent.Begun());
        assertThat(folder.resolve("output")).content().contains("SIGSEGV (0xb)");
    }

    @Test
    void leavesTracesOfALibraryThatEndsTheProcess() throws Exception {
        assertThat(probe("opening_exits")).isEqualTo(3);
        assertThat(events()).containsExactly(new ProbeEvent.Begun());
    }

    @Test
    void leavesTracesOfALibraryThatCrashesWhenItIsAsked() throws Exception {
        assertThat(probe("registering_crashes")).isNotZero();
        assertThat(events()).containsExactly(new ProbeEvent.Begun(), new ProbeEvent.Opened());
    }

    @Test
    void leavesTracesOfALibraryThatDoesWithoutTheInterfaceItNeeds() throws Exception {
        assertThat(probe("newer_api")).isNotZero();
        assertThat(events())
                .containsExactly(
                        new ProbeEvent.Begun(),
                        new ProbeEvent.Opened(),
                        new ProbeEvent.AskedForNewer(1000, 29));
    }

    @Test
    void endsWithTheServerWhenALibraryHangs() throws Exception {
        Process probe = start("opening_hangs");
        // The server's end of the pipe, which closes when the server ends.
        probe.getOutputStream().close();
        assertThat(probe.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(probe.exitValue()).isEqualTo(3);
    }
}
