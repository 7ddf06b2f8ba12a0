package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.config.TraceOptions.Mode;
import dev.espalier.server.tracing.Collector;
import dev.espalier.server.tracing.Collector.Seen;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests over HTTP as spans, as a collector gets them.
@Timeout(60)
final class TracedSpansTest {
    private static final String ONE =
            "{\"id\":\"mine\",\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}";

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private Collector collector;

    @BeforeEach
    void start() throws Exception {
        collector = new Collector(200);
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    private static TraceOptions options(String url, int rate, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("url", url);
        settings.putIfAbsent("bsp_schedule_delay", "1");
        return new TraceOptions(Mode.OPENTELEMETRY, true, rate, -1, 0, "", settings);
    }

    private static void ask(RawClient client, String model, String body, String headers)
            throws Exception {
        client.send(
                "POST /v2/models/%s/infer HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n%s\r\n%s"
                        .formatted(model, body.length(), headers, body));
        client.read();
    }

    private static Map<String, Seen> byName(List<Seen> spans) {
        return spans.stream().collect(Collectors.toMap(Seen::name, Function.identity()));
    }

    @Test
    void makesATreeOfSpansInTheClientsOne() throws Exception {
        try (EchoServer server = EchoServer.tracing(options(collector.url(), 1000, Map.of()));
                RawClient client = server.connect()) {
            ask(client, "echo_fp32", ONE, "traceparent: 00-%s-%s-01\r\n".formatted(TRACE, SPAN));
            Map<String, Seen> spans = byName(collector.spans());

            assertThat(spans)
                    .containsOnlyKeys("InferRequest", "queue", "batch", "compute", "answer");
            assertThat(spans.values()).allMatch(span -> span.trace().equals(TRACE));
            Seen request = spans.get("InferRequest");
            assertThat(request.parent()).isEqualTo(SPAN);
            assertThat(request.kind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            assertThat(spans.get("queue").parent()).isEqualTo(request.id());
            assertThat(spans.get("batch").parent()).isEqualTo(request.id());
            assertThat(spans.get("answer").parent()).isEqualTo(request.id());
            assertThat(spans.get("compute").parent()).isEqualTo(spans.get("batch").id());
            assertThat(spans.values())
                    .allMatch(
                            span -> span.begin() >= request.begin() && span.end() <= request.end())
                    .allMatch(span -> span.begin() <= span.end());
            assertThat(request.attributes())
                    .containsEntry("triton.model_name", "echo_fp32")
                    .containsEntry("triton.model_version", "1")
                    .containsEntry("triton.request_id", "mine")
                    .containsEntry("espalier.protocol", "http")
                    .containsEntry("espalier.op_set", "0123abcd");
            assertThat(request.events())
                    .contains("HTTP_RECV_START", "QUEUE_START", "HTTP_SEND_END");
        }
    }

    @Test
    void beginsATraceOfItsOwnForOthers() throws Exception {
        try (EchoServer server = EchoServer.tracing(options(collector.url(), 1, Map.of()));
                RawClient client = server.connect()) {
            ask(client, "echo_fp32", ONE, "traceparent: rubbish\r\n");
            Seen request = byName(collector.spans()).get("InferRequest");

            assertThat(request.parent()).isEmpty();
            assertThat(request.trace()).isNotEqualTo(TRACE).hasSize(32);
        }
    }

    @Test
    void saysWhyARequestHasFailed() throws Exception {
        try (EchoServer server = EchoServer.tracing(options(collector.url(), 1, Map.of()));
                RawClient client = server.connect()) {
            ask(client, "echo_fp32", "{\"inputs\":[]}", "");
            List<Seen> spans = collector.spans();

            assertThat(spans).hasSize(1);
            assertThat(spans.getFirst().error()).contains("expected 1 inputs but got 0 inputs");
        }
    }

    @Test
    void saysWhyItsProtocolHasRefusedARequest() throws Exception {
        String header =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":4}}]}";
        try (EchoServer server = EchoServer.tracing(options(collector.url(), 1, Map.of()));
                RawClient client = server.connect()) {
            client.send(
                    "POST /v2/models/echo_fp32/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nInference-Header-Content-Length: %d\r\n\r\n%x\r\n%sab\r\n0\r\n\r\n"
                            .formatted(header.length(), header.length() + 2, header));
            assertThat(client.read().status()).isEqualTo(400);

            assertThat(collector.spans().getFirst().error()).contains("2 additional bytes");
        }
    }

    @Test
    void sendsWhatWaitsWhenTheServerEnds() throws Exception {
        TraceOptions slow = options(collector.url(), 1, Map.of("bsp_schedule_delay", "3600000"));
        try (EchoServer server = EchoServer.tracing(slow);
                RawClient client = server.connect()) {
            ask(client, "echo_fp32", ONE, "");
            ask(client, "echo_fp32", ONE, "");
        }

        assertThat(collector.spans()).hasSize(10);
    }

    @Test
    void countsWhatACollectorDoesNotTake() throws Exception {
        try (Collector full = new Collector(400);
                EchoServer server = EchoServer.tracing(options(full.url(), 1, Map.of()));
                RawClient client = server.connect()) {
            ask(client, "echo_fp32", ONE, "");
            assertThat(full.spans()).hasSize(5);
            server.endTraces();

            assertThat(server.traces()).containsEntry("failed", 1L).containsEntry("written", 0L);
        }
    }
}
