package dev.espalier.server.tracing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/// Takes spans as a collector of OpenTelemetry does: OTLP over HTTP, in protobuf.
public final class Collector implements AutoCloseable {
    private final HttpServer server;
    private final BlockingQueue<ExportTraceServiceRequest> arrived = new LinkedBlockingQueue<>();

    /// Answers all with this status.
    public Collector(int status) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> take(exchange, status));
        server.start();
    }

    private void take(HttpExchange exchange, int status) throws IOException {
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (exchange;
                InputStream body =
                        packed
                                ? new GZIPInputStream(exchange.getRequestBody())
                                : exchange.getRequestBody()) {
            arrived.add(ExportTraceServiceRequest.parseFrom(body));
            byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    /// One span, with what tests ask of it.
    public record Seen(
            String name,
            String trace,
            String id,
            String parent,
            Map<String, String> attributes,
            List<String> events,
            long begin,
            long end,
            Span.SpanKind kind,
            String error) {
        static Seen of(Span span) {
            return new Seen(
                    span.getName(),
                    hex(span.getTraceId().toByteArray()),
                    hex(span.getSpanId().toByteArray()),
                    hex(span.getParentSpanId().toByteArray()),
                    span.getAttributesList().stream()
                            .collect(Collectors.toMap(KeyValue::getKey, Seen::text)),
                    span.getEventsList().stream().map(Span.Event::getName).toList(),
                    span.getStartTimeUnixNano(),
                    span.getEndTimeUnixNano(),
                    span.getKind(),
                    span.getStatus().getMessage());
        }

        private static String hex(byte[] id) {
            return HexFormat.of().formatHex(id);
        }

        private static String text(KeyValue attribute) {
            return switch (attribute.getValue().getValueCase()) {
                case STRING_VALUE -> attribute.getValue().getStringValue();
                case INT_VALUE -> Long.toString(attribute.getValue().getIntValue());
                case ARRAY_VALUE ->
                        attribute.getValue().getArrayValue().getValuesList().stream()
                                .map(value -> value.getStringValue())
                                .collect(Collectors.joining(","));
                default -> attribute.getValue().toString();
            };
        }
    }

    /// What has been sent at once, which is waited for.
    public List<Seen> spans() throws InterruptedException {
        ExportTraceServiceRequest request = arrived.poll(30, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no spans have come");
        }
        List<Seen> spans = new ArrayList<>();
        request.getResourceSpansList()
                .forEach(resource ->
                        resource.getScopeSpansList()
                                .forEach(scope ->
                                        scope.getSpansList()
                                                .forEach(span -> spans.add(Seen.of(span)))));
        return spans;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
