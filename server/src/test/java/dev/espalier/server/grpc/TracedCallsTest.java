package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.config.TraceOptions.Mode;
import dev.espalier.server.tracing.Collector;
import dev.espalier.server.tracing.Collector.Seen;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Calls and requests of streams as spans, as a collector gets them.
@Timeout(60)
final class TracedCallsTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private static final String PARENT = "00-%s-%s-01".formatted(TRACE, SPAN);

    private static final ModelInferRequest ONE = Requests.raw("echo_fp32", "FP32", new byte[4], 1);

    private Collector collector;
    private EchoServer server;
    private InferenceClient client;

    @BeforeEach
    void start() throws Exception {
        collector = new Collector(200);
        server =
                EchoServer.tracing(
                        new TraceOptions(
                                Mode.OPENTELEMETRY,
                                true,
                                1000,
                                -1,
                                0,
                                "",
                                Map.of("url", collector.url(), "bsp_schedule_delay", "1")));
        client = new InferenceClient(server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        collector.close();
    }

    private void checkTree() throws InterruptedException {
        Map<String, Seen> spans =
                collector.spans().stream()
                        .collect(Collectors.toMap(Seen::name, Function.identity()));
        assertThat(spans).containsOnlyKeys("InferRequest", "queue", "batch", "compute", "answer");
        assertThat(spans.values()).allMatch(span -> span.trace().equals(TRACE));
        assertThat(spans.get("InferRequest").parent()).isEqualTo(SPAN);
        assertThat(spans.get("InferRequest").attributes())
                .containsEntry("espalier.protocol", "grpc");
        assertThat(spans.get("InferRequest").events())
                .contains("GRPC_WAITREAD_START", "GRPC_WAITREAD_END", "GRPC_SEND_END");
        assertThat(spans.get("compute").parent()).isEqualTo(spans.get("batch").id());
    }

    @Test
    void makesATreeOfSpansInTheClientsOne() throws Exception {
        client.infer(ONE, "traceparent", PARENT);

        checkTree();
    }

    @Test
    void makesATreeOfSpansForARequestOfAStream() throws Exception {
        client.stream("traceparent", PARENT).ask(ONE).end().next();

        checkTree();
    }
}
