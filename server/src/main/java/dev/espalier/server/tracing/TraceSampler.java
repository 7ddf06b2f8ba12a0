package dev.espalier.server.tracing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides which requests are traced, by the settings of one model or of all. It never changes: other settings are
/// another sampler, so that what has been begun is written as it was begun. Safe for use by several threads.
final class TraceSampler {
    private final Map<TraceField, Integer> settings;
    private final boolean followsClients;

    @GuardedBy("this")
    private long seen;

    @GuardedBy("this")
    private int left;

    /// @param settings a value for each field
    /// @param followsClients whether a client that names its own span decides for its requests
    TraceSampler(Map<TraceField, Integer> settings, boolean followsClients) {
        this.settings = new EnumMap<>(settings);
        this.followsClients = followsClients;
        this.left = settings.getOrDefault(TraceField.COUNT, -1);
    }

    /// Whether any request may be traced.
    synchronized boolean isOn() {
        return value(TraceField.LEVEL) != 0 && value(TraceField.RATE) > 0 && left != 0;
    }

    /// Whether the next request is one of those that are traced.
    ///
    /// @param parent the client's span; null where it names none
    synchronized boolean takes(@Nullable TraceParent parent) {
        if (!isOn()) {
            return false;
        }
        boolean wanted =
                followsClients && parent != null
                        ? parent.sampled()
                        : ++seen % value(TraceField.RATE) == 0;
        if (wanted && left > 0) {
            left--;
        }
        return wanted;
    }

    private int value(TraceField field) {
        return settings.getOrDefault(field, 0);
    }

    /// The settings at this moment, of the count what is left.
    synchronized Map<TraceField, Integer> settings() {
        Map<TraceField, Integer> now = new EnumMap<>(settings);
        now.put(TraceField.COUNT, left);
        return now;
    }

    int logFrequency() {
        return value(TraceField.LOG_FREQUENCY);
    }
}
