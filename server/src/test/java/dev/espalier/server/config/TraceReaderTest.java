package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.config.TraceOptions.Mode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What of requests is to be traced, as users write it.
@Timeout(30)
final class TraceReaderTest {
    private final List<String> notices = new ArrayList<>();

    @TempDir private Path folder;

    private TraceOptions read(String... arguments) throws UsageException {
        FlagReader flags = new FlagReader();
        flags.read(arguments);
        return new TraceReader(flags.values(), notices).read();
    }

    @Test
    void tracesNothingByDefault() throws Exception {
        assertThat(read()).isEqualTo(TraceOptions.NONE);
        assertThat(notices).isEmpty();
    }

    @Test
    void readsTritonsForm() throws Exception {
        String file = folder.resolve("t.json").toString();

        assertThat(
                        read(
                                "--trace-config=triton,file=" + file,
                                "--trace-config",
                                "rate=100",
                                "--trace-config=level=TIMESTAMPS",
                                "--trace-config=count=7",
                                "--trace-config=triton,log-frequency=50"))
                .isEqualTo(new TraceOptions(Mode.TRITON, true, 100, 7, 50, file, Map.of()));
        assertThat(notices).isEmpty();
    }

    @Test
    void readsTheOlderOptions() throws Exception {
        String file = folder.resolve("t.json").toString();

        assertThat(read("--trace-file=" + file, "--trace-level=MAX", "--trace-rate=2"))
                .isEqualTo(new TraceOptions(Mode.TRITON, true, 2, -1, 0, file, Map.of()));
        assertThat(notices).containsExactly("--trace-level: MAX is an older name of TIMESTAMPS");
        assertThatThrownBy(() -> read("--trace-rate=2", "--trace-config=rate=3"))
                .hasMessage(
                        "--trace-rate and --trace-config say the same (expected: rate in --trace-config)");
    }

    @Test
    void readsWhereSpansGo() throws Exception {
        TraceOptions options =
                read(
                        "--trace-config=mode=opentelemetry",
                        "--trace-config=level=TIMESTAMPS",
                        "--trace-config=opentelemetry,url=http://collector:4318/v1/traces",
                        "--trace-config=opentelemetry,resource=service.name=mine",
                        "--trace-config=opentelemetry,resource=host.name=here",
                        "--trace-config=opentelemetry,bsp_schedule_delay=100");

        assertThat(options.mode()).isEqualTo(Mode.OPENTELEMETRY);
        assertThat(options.collector())
                .containsExactly(
                        Map.entry("url", "http://collector:4318/v1/traces"),
                        Map.entry("resource", "service.name=mine,host.name=here"),
                        Map.entry("bsp_schedule_delay", "100"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--trace-rate=0 | --trace-rate: '0' (expected: a rate of 1 or more; level=OFF for no traces)",
                "--trace-config=rate=0 | --trace-config: 'rate=0' (expected: a rate of 1 or more; level=OFF for no traces)",
                "--trace-count=0 | --trace-count: '0' (expected: 1 or more, or -1 for any number; level=OFF for no traces)"
            })
    void refusesToTraceNothing(String option, String message) throws Exception {
        String level =
                option.startsWith("--trace-config")
                        ? "--trace-config=level=TIMESTAMPS"
                        : "--trace-level=TIMESTAMPS";

        assertThatThrownBy(() -> read(level, option)).hasMessage(message);
        assertThat(read(option).timestamps()).isFalse();
    }

    @Test
    void doesNotRepeatPasswords() {
        assertThatThrownBy(() -> read("--trace-config=opentelemetry,url=http://me:secret@c:1/v1"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("without user and password")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "level=TIMESTAMPS | level=TIMESTAMPS has no effect without triton,file=<file>",
                "opentelemetry,url=http://c:1 | opentelemetry,url=http://c:1 has no effect without mode=opentelemetry"
            })
    void tellsOfWhatHasNoEffect(String value, String notice) throws Exception {
        read("--trace-config=" + value);

        assertThat(notices).containsExactly("--trace-config: " + notice);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rate | [<mode>,]<name>=<value>",
                "jaeger,url=http://c | mode triton or opentelemetry",
                "raet=1 | one of count, level, mode, rate; did you mean rate?",
                "triton,files=x | one of file, log-frequency; did you mean file?",
                "mode=zipkin | mode=triton or mode=opentelemetry",
                "level=LOUD | OFF or TIMESTAMPS",
                "level=TENSORS | OFF or TIMESTAMPS; tensors are not written to traces",
                "rate=often | a whole number, 0 or more",
                "count=-2 | a whole number, -1 or more",
                "triton,file=/nowhere/t.json | a file in a folder that exists",
                "opentelemetry,url=collector:4318 | url=http://<host>:<port>/v1/traces",
                "opentelemetry,resource=mine | resource=<name>=<value>",
                "opentelemetry,bsp_schedule_delay=0 | a whole number, 1 or more",
                "opentelemetry,bsp_max_queue_size=0 | a whole number, 1 to 1000000",
                "opentelemetry,bsp_max_queue_size=1000001 | a whole number, 1 to 1000000",
                "opentelemetry,bsp_max_export_batch_size=1000001 | a whole number, 1 to 1000000",
                "triton,file=/ | a file in a folder that exists",
                "triton,file=/tmp | a file in a folder that exists"
            })
    void refusesWhatCannotBe(String value, String expected) {
        assertThatThrownBy(() -> read("--trace-config=" + value))
                .isInstanceOf(UsageException.class)
                .hasMessage("--trace-config: '%s' (expected: %s)".formatted(value, expected));
    }
}
