package dev.espalier.server.tracing;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends traces as spans to a collector of OpenTelemetry, some at once. Its SDK's batches would drop what comes too fast
/// without a word; these are sent by who makes them, so that what is lost is known.
final class SpanSender implements TraceExporter {
    private static final int SEND_SECONDS = 10;

    private final CollectorSettings settings;
    private final SpanExporter exporter;
    private final Gathered gathered = new Gathered();
    private final SdkTracerProvider provider;
    private final TraceSpans spans;
    private int traces;
    private long oldest;

    SpanSender(CollectorSettings settings, String serverVersion) {
        this.settings = settings;
        this.exporter =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(settings.url())
                        .setTimeout(SEND_SECONDS, TimeUnit.SECONDS)
                        .build();
        ResourceBuilder resource = Resource.builder().put("service.version", serverVersion);
        settings.resource().forEach(resource::put);
        this.provider =
                SdkTracerProvider.builder()
                        .setResource(resource.build())
                        .addSpanProcessor(SimpleSpanProcessor.create(gathered))
                        .build();
        this.spans = new TraceSpans(provider.get("dev.espalier.server", serverVersion));
    }

    @Override
    public int export(RequestTrace trace) throws Loss {
        if (traces == 0) {
            oldest = System.nanoTime();
        }
        spans.of(trace);
        traces++;
        return gathered.spans.size() >= settings.batch() ? send() : flush();
    }

    @Override
    public int flush() throws Loss {
        boolean due = traces > 0 && System.nanoTime() - oldest >= settings.delay().toNanos();
        return due ? send() : 0;
    }

    private int send() throws Loss {
        int sent = traces;
        traces = 0;
        if (sent == 0) {
            return 0;
        }
        List<SpanData> batch = List.copyOf(gathered.spans);
        gathered.spans.clear();
        CompletableResultCode result;
        try {
            result = exporter.export(batch).join(SEND_SECONDS, TimeUnit.SECONDS);
        } catch (RuntimeException failure) {
            throw loss(sent, failure);
        }
        if (!result.isSuccess()) {
            throw loss(sent, result.getFailureThrowable());
        }
        return sent;
    }

    private Loss loss(int sent, @Nullable Throwable failure) {
        return new Loss(
                sent,
                new IOException(
                        "the collector at %s does not take them: %s"
                                .formatted(
                                        settings.url(),
                                        failure == null ? "no answer in time" : failure)));
    }

    @Override
    public int close() throws Loss {
        try {
            return send();
        } finally {
            var _ = provider.shutdown();
            var _ = exporter.shutdown().join(1, TimeUnit.SECONDS);
        }
    }

    /// Keeps the spans that have ended until they are sent. Used by the sender's thread only.
    private static final class Gathered implements SpanExporter {
        private final List<SpanData> spans = new ArrayList<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
