package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.link.LinkLayout;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a worker leaves where its JVM's report belongs: it is told in a bounded number of words, or nothing is.
final class CrashReportFuzzTest {
    static Stream<byte[]> reports() {
        return Stream.of(
                        CrashReportTest.REPORT,
                        CrashReportTest.REPORT.replace("lane 3", "lane 99999999999"),
                        CrashReportTest.REPORT.replace("libfaulty.so", "+0x".repeat(200)),
                        CrashReportTest.REPORT.replace("SIGSEGV", "SIG" + "A".repeat(2_000)),
                        CrashReportTest.REPORT.replace("\n", "\r"),
                        "#  SIGBUS (0x7)\n# Problematic frame:\n# C  [+0x1]\n# Problematic frame:",
                        "#  SIGBUS (0x7)\nNative frames: \nC  [l+0x1] \u0007\u2028\n",
                        "#  SIGBUS (0x7)\nCurrent thread (0x0):  JavaThread \"m (lane )\" ",
                        "")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("reports")
    @FuzzTest(maxDuration = "10m")
    void tellsAFewWordsOrNone(byte[] bytes) {
        CrashReport report = CrashReport.parse(new String(bytes, StandardCharsets.UTF_8));
        if (report == null) {
            return;
        }
        String place = report.place(Set.of("libfaulty.so", "l"));
        assertThat(place).hasSizeLessThan(1_500).doesNotContain("\n", "\r", "\0");
        assertThat(report.signal()).hasSizeLessThan(10);
        assertThat(report.frames()).hasSizeLessThanOrEqualTo(50);
        assertThat(report.lane()).isBetween(-1, LinkLayout.MAX_LANES - 1);
    }
}
