package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever comes on the pipe of reports: the reader reads to the end, and what it takes for a process id or a
/// status is one.
final class StarterReportsFuzzTest {
    static Stream<byte[]> reports() {
        return Stream.of(
                        "pid 7: no new privileges\nexited with 3\n",
                        "pid 7: \nended by signal 11\nexited with 0\n",
                        "pid 99999999999999999999: x\n",
                        "exited with 99999999999999999999",
                        "ended by signal -1\r\n\r\n",
                        "pid \u0661: x\n",
                        "over its limit of 99999999999999999999 bytes of disk\n"
                                + "over its limit of 7 bytes of x",
                        "\n",
                        "x".repeat(20_000))
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("reports")
    @FuzzTest
    void readsReports(byte[] bytes) {
        StarterReports reports = new StarterReports("fuzz", new ByteArrayInputStream(bytes));
        reports.run();
        if (reports.begun().getNow(null) instanceof Starter.Report.Begun(long pid, _)) {
            assertThat(pid).isBetween(0L, 999_999_999L);
        }
        ProcessEnd end = reports.ended().getNow(null);
        if (end != null) {
            assertThat(end.text()).hasSizeLessThan(40);
        }
    }
}
