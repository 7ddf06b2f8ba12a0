package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CrashReportTest {
    static final String REPORT =
            """
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGSEGV (0xb) at pc=0x00007f31c40f1120, pid=71, tid=88
            #
            # Problematic frame:
            # C  [libfaulty.so+0x1120]  poke+0x10
            #
            Current thread (0x00007f31d8001000):  JavaThread "grafted (lane 3)"        [_thread_in_native, id=88]

            siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x0000000000000010

            Native frames: (J=compiled Java code, C=native code)
            C  [libc.so.6+0x9f2aa]  memcpy+0x2a
            C  [libfaulty.so+0x1120]  poke+0x10
            C  [libonnxruntime.so+0x88cafe]
            V  [libjvm.so+0x1234]  call+0x1

            """;

    private static CrashReport parse(String text) {
        CrashReport report = CrashReport.parse(text);
        assertThat(report).isNotNull();
        return report;
    }

    @Test
    void tellsSignalAddressThreadAndFrames() {
        CrashReport report = parse(REPORT);
        assertThat(report.signal()).isEqualTo("SIGSEGV");
        assertThat(report.lane()).isEqualTo(3);
        assertThat(report.frames())
                .containsExactly(
                        "libc.so.6+0x9f2aa (memcpy+0x2a)",
                        "libfaulty.so+0x1120 (poke+0x10)",
                        "libonnxruntime.so+0x88cafe",
                        "libjvm.so+0x1234 (call+0x1)");
    }

    @Test
    void namesTheOpThatCalledTheCodeThatFell() {
        assertThat(parse(REPORT).place(Set.of("libfaulty.so")))
                .isEqualTo(
                        " at address 0x10 in libc.so.6+0x9f2aa (memcpy+0x2a), called from"
                                + " libfaulty.so+0x1120 (poke+0x10) on thread 'grafted (lane 3)'");
    }

    @Test
    void isContentWithAReportThatBreaksOff() {
        CrashReport report = parse(REPORT.substring(0, REPORT.indexOf("Current thread")));
        assertThat(report.frames()).containsExactly("libfaulty.so+0x1120 (poke+0x10)");
        assertThat(report.lane()).isEqualTo(-1);
        assertThat(report.place(Set.of()))
                .isEqualTo(
                        " in libfaulty.so+0x1120 (poke+0x10) on a thread that is not the engine's"
                                + " caller");
    }

    @Test
    void isNoReportWhereNoSignalIsNamed() {
        assertThat(CrashReport.parse("# There is insufficient memory\n")).isNull();
        assertThat(CrashReport.read(Path.of("/nowhere/hs_err.log"))).isNull();
    }

    @Test
    void takesNoLaneThatThereCannotBe() {
        for (String lane : List.of("99999999999", "1024", "-1", "", "3x", "٣")) {
            assertThat(parse(REPORT.replace("lane 3", "lane " + lane)).lane()).isEqualTo(-1);
        }
        assertThat(parse(REPORT.replace("lane 3", "lane 1023")).lane()).isEqualTo(1023);
    }

    @Test
    void takesNoSignalThatAJvmDoesNotReport() {
        assertThat(CrashReport.parse(REPORT.replace("SIGSEGV (0xb)", "SIGX17 (0xb)"))).isNull();
    }

    @Test
    void takesFiftyFramesOfAnyNumber() {
        String frame = "C  [libfaulty.so+0x1120]  poke+0x10\n";
        CrashReport report = parse(REPORT.replace(frame, frame.repeat(25_000)));
        assertThat(report.frames()).hasSize(50);
    }

    @Test
    void keepsControlCharactersOut() {
        String place = parse(REPORT.replace("grafted", "a\u001b[31mb")).place(Set.of());
        assertThat(place).contains("'a?[31mb (lane 3)'");
    }

    @Test
    void readsNothingBehindALinkOrAPipe(@TempDir Path folder) throws Exception {
        Path report = Files.writeString(folder.resolve("hs_err.log"), REPORT);
        Path link = Files.createSymbolicLink(folder.resolve("link"), report);
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

        assertThat(CrashReport.read(report)).isNotNull();
        assertThat(CrashReport.read(link)).isNull();
        assertThat(CrashReport.read(pipe)).isNull();
    }
}
