package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.config.TraceOptions.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Requests over HTTP that are traced to a file, in Triton's form.
@Timeout(60)
final class TracedRequestsTest {
    private static final String ONE =
            "{\"id\":\"%s\",\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}";

    private static final List<String> MOMENTS =
            List.of(
                    "HTTP_RECV_START",
                    "HTTP_RECV_END",
                    "REQUEST_START",
                    "QUEUE_START",
                    "COMPUTE_START",
                    "COMPUTE_INPUT_END",
                    "COMPUTE_OUTPUT_START",
                    "COMPUTE_END",
                    "INFER_RESPONSE_COMPLETE",
                    "REQUEST_END",
                    "HTTP_SEND_START",
                    "HTTP_SEND_END");

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("traces.json");
    }

    private TraceOptions options(int rate, int count, int frequency) {
        return new TraceOptions(
                Mode.TRITON, true, rate, count, frequency, file().toString(), Map.of());
    }

    private void ask(TraceOptions options, int requests) throws Exception {
        try (EchoServer server = EchoServer.tracing(options);
                RawClient client = server.connect()) {
            for (int i = 1; i <= requests; i++) {
                assertThat(client.infer("echo_fp32", ONE.formatted("r" + i)).status())
                        .isEqualTo(200);
            }
        }
    }

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().map(r -> r.group(1)).toList();
    }

    private static String read(Path file) throws IOException {
        String text = Files.readString(file);
        assertThat(text).startsWith("[{").endsWith("}]");
        return text;
    }

    @Test
    void writesEachMomentOfARequestByTritonsName() throws Exception {
        ask(options(1, -1, 0), 1);
        String text = read(file());

        assertThat(text)
                .contains(
                        "{\"id\":1,\"model_name\":\"echo_fp32\",\"model_version\":1,\"request_id\":\"r1\"}");
        assertThat(found(text, "\"name\":\"(\\w+)\"")).containsExactlyInAnyOrderElementsOf(MOMENTS);
        List<Long> times = new ArrayList<>();
        for (MatchResult moment :
                Pattern.compile("\"ns\":(\\d+)").matcher(text).results().toList()) {
            times.add(Long.parseLong(moment.group(1)));
        }
        assertThat(times).isSorted();
        assertThat(times.getLast() - times.getFirst()).isBetween(1L, 60_000_000_000L);
    }

    @Test
    void writesOneOfSoManyRequests() throws Exception {
        ask(options(3, -1, 0), 10);

        assertThat(found(read(file()), "\"request_id\":\"(\\w+)\""))
                .containsExactly("r3", "r6", "r9");
    }

    @Test
    void writesNoMoreThanTheCount() throws Exception {
        ask(options(1, 2, 0), 5);

        assertThat(found(read(file()), "\"request_id\":\"(\\w+)\"")).containsExactly("r1", "r2");
    }

    @Test
    void beginsAFileForSoManyTraces() throws Exception {
        ask(options(1, -1, 2), 5);

        assertThat(file()).doesNotExist();
        assertThat(found(read(folder.resolve("traces.json.0")), "\"request_id\":\"(\\w+)\""))
                .containsExactly("r1", "r2");
        assertThat(found(read(folder.resolve("traces.json.2")), "\"request_id\":\"(\\w+)\""))
                .containsExactly("r5");
    }

    @Test
    void writesTheBeginningOfALongId() throws Exception {
        try (EchoServer server = EchoServer.tracing(options(1, -1, 0));
                RawClient client = server.connect()) {
            client.infer("echo_fp32", ONE.formatted("long\\n" + "x".repeat(100_000)));
        }

        assertThat(read(file())).contains("\"request_id\":\"long\\u000a" + "x".repeat(507) + "\"}");
    }

    @Test
    void writesNothingWhileItIsOff() throws Exception {
        TraceOptions off =
                new TraceOptions(Mode.TRITON, false, 1, -1, 0, file().toString(), Map.of());
        ask(off, 3);

        assertThat(file()).doesNotExist();
    }

    @Test
    void beginsAndEndsWhenAClientSaysSo() throws Exception {
        TraceOptions off =
                new TraceOptions(Mode.TRITON, false, 1, -1, 0, file().toString(), Map.of());
        try (EchoServer server = EchoServer.tracing(off);
                RawClient client = server.connect()) {
            client.infer("echo_fp32", ONE.formatted("before"));
            set(client, "[\"TIMESTAMPS\"]");
            client.infer("echo_fp32", ONE.formatted("during"));
            set(client, "[\"OFF\"]");
            client.infer("echo_fp32", ONE.formatted("after"));
        }

        assertThat(found(read(file()), "\"request_id\":\"(\\w+)\"")).containsExactly("during");
    }

    private static void set(RawClient client, String level) throws IOException {
        byte[] body = "{\"trace_level\":%s}".formatted(level).getBytes();
        assertThat(client.post("/v2/trace/setting", body).read().text())
                .contains("\"trace_level\":" + level);
    }

    @Test
    void writesRequestsThatFailWithTheMomentsTheyHad() throws Exception {
        try (EchoServer server = EchoServer.tracing(options(1, -1, 0));
                RawClient client = server.connect()) {
            assertThat(client.infer("echo_fp32", "{\"inputs\":[]}").status()).isEqualTo(400);
        }

        assertThat(found(read(file()), "\"name\":\"(\\w+)\""))
                .containsExactly("HTTP_RECV_START", "REQUEST_END");
    }
}
