package dev.espalier.server.tracing;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// What a client wants other settings of traces to be. What it does not name stays as it is.
///
/// @param given the new values
/// @param cleared settings that go back to what is set for all models, or by the command line
public record TraceChange(Map<TraceField, Integer> given, Set<TraceField> cleared) {
    public static final TraceChange NONE = new TraceChange(Map.of(), Set.of());

    public TraceChange {
        given = Map.copyOf(given);
        cleared = Set.copyOf(cleared);
    }

    /// Collects a change, field by field.
    public static final class Builder {
        private final Map<TraceField, Integer> given = new EnumMap<>(TraceField.class);
        private final Set<TraceField> cleared = EnumSet.noneOf(TraceField.class);

        public void set(TraceField field, int value) {
            given.put(field, value);
        }

        public void clear(TraceField field) {
            cleared.add(field);
        }

        public TraceChange build() {
            return new TraceChange(given, cleared);
        }
    }
}
