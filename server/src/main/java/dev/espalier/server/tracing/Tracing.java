package dev.espalier.server.tracing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Which requests are traced, and the settings of that, which clients may change: those of all models, and those of a
/// model in which it differs. While no request can be traced, one field is all that a request reads. Safe for use by
/// several threads.
public final class Tracing implements AutoCloseable {
    private final TraceOptions options;
    private final TraceWriter writer;
    private final AtomicLong numbers = new AtomicLong();

    /// What is set for all models.
    @GuardedBy("this")
    private final Scope all = new Scope();

    @GuardedBy("this")
    private final Map<String, Scope> models = new HashMap<>();

    private final TraceSampler start;

    /// Those that decide now: of each model that has settings of its own, and of all others.
    private volatile Samplers samplers;

    private volatile boolean on;

    /// What has been set at one place, and the sampler that has come of it.
    private static final class Scope {
        private final Map<TraceField, Integer> given = new EnumMap<>(TraceField.class);
        private @Nullable TraceSampler sampler;

        /// What has been set, of the count what is left.
        Map<TraceField, Integer> current() {
            Map<TraceField, Integer> current = new EnumMap<>(TraceField.class);
            current.putAll(given);
            TraceSampler deciding = sampler;
            if (deciding != null) {
                current.computeIfPresent(
                        TraceField.COUNT,
                        (field, count) -> deciding.settings().getOrDefault(field, count));
            }
            return current;
        }
    }

    private record Samplers(TraceSampler all, Map<String, TraceSampler> models) {
        TraceSampler of(String model) {
            return models.getOrDefault(model, all);
        }
    }

    /// @param options what is set until a client says otherwise
    /// @param writer what traces go to when they are complete; closed with this
    public Tracing(TraceOptions options, TraceWriter writer) {
        this.options = options;
        this.writer = writer;
        Map<TraceField, Integer> initial = new EnumMap<>(TraceField.class);
        initial.put(TraceField.LEVEL, options.timestamps() ? 1 : 0);
        initial.put(TraceField.RATE, options.rate());
        initial.put(TraceField.COUNT, options.count());
        initial.put(TraceField.LOG_FREQUENCY, options.logFrequency());
        start = sampler(initial);
        samplers = new Samplers(sampler(initial), Map.of());
        on = hasPlace() && samplers.all().isOn();
    }

    private TraceSampler sampler(Map<TraceField, Integer> settings) {
        return new TraceSampler(settings, options.mode() == TraceOptions.Mode.OPENTELEMETRY);
    }

    // --- requests

    /// Whether requests may be traced at the moment.
    public boolean isOn() {
        return on;
    }

    /// A request begins to come; null where none is traced.
    ///
    /// @param traceparent the header by which W3C names the client's span; null for none
    public @Nullable Arrival arrival(Door door, @Nullable String traceparent) {
        return on ? new Arrival(this, door, TraceParent.of(traceparent)) : null;
    }

    TraceSampler sampler(String model) {
        return samplers.of(model);
    }

    /// A sampler has taken a request, which may have been its last.
    void taken(TraceSampler sampler) {
        if (!sampler.isOn()) {
            synchronized (this) {
                on = anyOn();
            }
        }
    }

    @GuardedBy("this")
    private boolean anyOn() {
        return hasPlace()
                && (samplers.all().isOn()
                        || samplers.models().values().stream().anyMatch(TraceSampler::isOn));
    }

    /// Whether the command line says where traces go.
    private boolean hasPlace() {
        return options.mode() == TraceOptions.Mode.OPENTELEMETRY || !options.file().isEmpty();
    }

    long nextNumber() {
        return numbers.incrementAndGet();
    }

    /// A request's trace is complete.
    void ended(RequestTrace trace) {
        writer.take(trace);
    }

    // --- settings

    /// Where traces go, which no client can change.
    public TraceOptions options() {
        return options;
    }

    /// The settings that a model's requests have, or those of all.
    ///
    /// @param model empty for what is set for all
    public Map<TraceField, Integer> settings(String model) {
        return samplers.of(model).settings();
    }

    /// Changes settings, from the next request on.
    ///
    /// @param model empty for what is set for all, and counts for each model that has no value of its own
    /// @throws ServingException INVALID_ARGUMENT where nothing could be traced so; nothing has changed then
    public synchronized void change(String model, TraceChange change) throws ServingException {
        Scope scope = model.isEmpty() ? all : models.getOrDefault(model, new Scope());
        TraceSampler fallback = model.isEmpty() ? start : samplers.all();
        Map<TraceField, Integer> given = scope.current();
        change.cleared().forEach(given::remove);
        change.given()
                .forEach((field, value) -> {
                    if (!change.cleared().contains(field)) {
                        given.put(field, value);
                    }
                });
        Map<TraceField, Integer> effective = effective(fallback, given);
        String problem = problem(effective);
        if (problem != null) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Attempting to set invalid trace setting :" + problem);
        }
        scope.given.clear();
        scope.given.putAll(given);
        scope.sampler = sampler(effective);
        if (!model.isEmpty()) {
            if (given.isEmpty()) {
                models.remove(model);
            } else {
                models.put(model, scope);
            }
        }
        publish(model.isEmpty());
    }

    private static Map<TraceField, Integer> effective(
            TraceSampler fallback, Map<TraceField, Integer> given) {
        Map<TraceField, Integer> effective = fallback.settings();
        effective.putAll(given);
        return effective;
    }

    /// @param allChanged whether models must look again at what they have no value of their own for
    @GuardedBy("this")
    private void publish(boolean allChanged) {
        TraceSampler forAll = all.sampler == null ? samplers.all() : all.sampler;
        Map<String, TraceSampler> own = new HashMap<>();
        models.forEach((name, scope) -> {
            TraceSampler known = scope.sampler;
            if (known == null || allChanged && scope.given.size() < TraceField.values().length) {
                known = sampler(effective(forAll, scope.current()));
                scope.sampler = known;
            }
            own.put(name, known);
        });
        samplers = new Samplers(forAll, Map.copyOf(own));
        on = anyOn();
    }

    /// Why nothing can be traced so, though it is wanted; null where it can, or is not.
    private @Nullable String problem(Map<TraceField, Integer> settings) {
        if (settings.getOrDefault(TraceField.LEVEL, 0) == 0) {
            return null;
        }
        if (settings.getOrDefault(TraceField.RATE, 0) == 0) {
            return "sample rate must be non-zero";
        }
        if (settings.getOrDefault(TraceField.COUNT, 0) == 0) {
            return "trace count is 0";
        }
        return hasPlace() ? null : "trace file name is not given";
    }

    /// How many traces have been written, and how many have not and why.
    public Map<String, Long> counts() {
        return writer.counts();
    }

    @Override
    public void close() {
        on = false;
        writer.close();
    }
}
