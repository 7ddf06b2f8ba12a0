package dev.espalier.server.repository.fields;

import dev.espalier.server.formats.Backend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What becomes of each key of `parameters`: the server knows some, each engine further ones.
final class ParameterTable {
    /// Those of the server, for models of any engine.
    static final Map<String, String> HONOURED =
            new TreeMap<>(
                    Map.of(
                            "engine_version", "the engine's version (`docs/engines.md`)",
                            "execution_timeout_ms",
                                    "how long an execution may take (`docs/faults.md`)",
                            "idempotent", "`false`: no request runs twice (`docs/faults.md`)",
                            "worker_read", "what the worker may read (`docs/sandbox.md`)",
                            "worker_write", "what the worker may write (`docs/sandbox.md`)",
                            "worker_network",
                                    "whether the worker has a network (`docs/sandbox.md`)"));

    /// Triton's own, which have no effect.
    static final Map<String, String> TOLD =
            new TreeMap<>(
                    Map.of(
                            "TRITON_BATCH_STRATEGY_PATH",
                                    "batches are put together by `dynamic_batching` alone",
                            "MAX_BATCH_VOLUME_BYTES",
                                    "batches are put together by `dynamic_batching` alone"));

    private ParameterTable() {}

    /// Of the keys that have no effect, a sentence each.
    static List<String> notes(Collection<String> keys, Backend backend) {
        List<String> notes = new ArrayList<>();
        for (String key : new TreeSet<>(keys)) {
            if (!HONOURED.containsKey(key) && !backend.keys().takes(key)) {
                notes.add(
                        "`parameters[\"%s\"]` has no effect here: %s"
                                .formatted(key, why(key, backend)));
            }
        }
        return notes;
    }

    private static String why(String key, Backend backend) {
        String known = TOLD.getOrDefault(key, backend.keys().ineffective().get(key));
        if (known != null) {
            return known;
        }
        TreeSet<String> taken = new TreeSet<>(HONOURED.keySet());
        taken.addAll(backend.keys().parameters());
        return "%s takes no parameter of this name%s"
                .formatted(backend.name(), Hints.didYouMean(key, taken));
    }
}
