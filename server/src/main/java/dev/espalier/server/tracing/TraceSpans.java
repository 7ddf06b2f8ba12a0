package dev.espalier.server.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Makes spans of a request's trace:
///
/// ```
/// InferRequest       from its first byte to the last one of its answer; in the client's span
/// ├── queue          it waits for an instance
/// ├── batch          an instance has it, alone or with others
/// │   └── compute    the engine runs in the worker
/// └── answer         the answer is written
/// ```
///
/// What is timed besides, by Triton's names, are events of the first one.
final class TraceSpans {
    private static final AttributeKey<List<String>> OP_SET =
            AttributeKey.stringArrayKey("espalier.op_set");

    private final Tracer tracer;

    TraceSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    void of(RequestTrace trace) {
        new OneTrace(trace).make();
    }

    private final class OneTrace {
        private final RequestTrace trace;
        private final Map<Moment, Long> times;

        /// What makes a time of the day of one of the monotonic clock.
        private final long toEpoch;

        OneTrace(RequestTrace trace) {
            this.trace = trace;
            this.times = trace.times();
            Instant now = Instant.now();
            this.toEpoch =
                    TimeUnit.SECONDS.toNanos(now.getEpochSecond())
                            + now.getNano()
                            - System.nanoTime();
        }

        void make() {
            SpanBuilder builder =
                    tracer.spanBuilder("InferRequest")
                            .setSpanKind(SpanKind.SERVER)
                            .setParent(parent())
                            .setAttribute("triton.model_name", trace.subject().model())
                            .setAttribute("triton.model_version", trace.subject().version())
                            .setAttribute("espalier.protocol", trace.door().text())
                            .setAttribute(OP_SET, trace.subject().opSet());
            if (!trace.subject().id().isEmpty()) {
                builder.setAttribute("triton.request_id", trace.subject().id());
            }
            Span request = begun(builder, trace.door().begins());
            times.forEach((moment, at) ->
                    request.addEvent(moment.name(), at + toEpoch, TimeUnit.NANOSECONDS));
            Context in = Context.root().with(request);
            part(in, "queue", Moment.QUEUE_START, Moment.COMPUTE_START);
            batch(in);
            part(in, "answer", trace.door().writes(), trace.door().written());
            String failure = trace.failure();
            if (failure != null) {
                request.setStatus(StatusCode.ERROR, failure);
            }
            request.end(last() + toEpoch, TimeUnit.NANOSECONDS);
        }

        private Context parent() {
            TraceParent client = trace.parent();
            return client == null
                    ? Context.root()
                    : Context.root()
                            .with(
                                    Span.wrap(
                                            SpanContext.createFromRemoteParent(
                                                    client.traceId(),
                                                    client.spanId(),
                                                    TraceFlags.getSampled(),
                                                    TraceState.getDefault())));
        }

        private void batch(Context in) {
            if (!has(Moment.COMPUTE_START, Moment.COMPUTE_END)) {
                return;
            }
            SpanBuilder builder = tracer.spanBuilder("batch").setParent(in);
            if (trace.batchRows() > 0) {
                builder.setAttribute("espalier.batch.rows", trace.batchRows())
                        .setAttribute("espalier.request.rows", trace.rows());
            }
            Span batch = begun(builder, Moment.COMPUTE_START);
            part(
                    Context.root().with(batch),
                    "compute",
                    Moment.COMPUTE_INPUT_END,
                    Moment.COMPUTE_OUTPUT_START);
            batch.end(epoch(Moment.COMPUTE_END), TimeUnit.NANOSECONDS);
        }

        private void part(Context in, String name, Moment from, Moment to) {
            if (has(from, to)) {
                begun(tracer.spanBuilder(name).setParent(in), from)
                        .end(epoch(to), TimeUnit.NANOSECONDS);
            }
        }

        private Span begun(SpanBuilder builder, Moment at) {
            return builder.setStartTimestamp(epoch(at), TimeUnit.NANOSECONDS).startSpan();
        }

        private boolean has(Moment from, Moment to) {
            return times.containsKey(from) && times.containsKey(to);
        }

        private long epoch(Moment moment) {
            @Nullable Long at = times.get(moment);
            if (at == null) {
                throw new IllegalStateException("no " + moment);
            }
            return at + toEpoch;
        }

        private long last() {
            return times.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        }
    }
}
