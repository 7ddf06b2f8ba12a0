package dev.espalier.server.workers;

import dev.espalier.server.failure.ServingException;
import java.util.List;
import java.util.Map;

/// What a model's parameters say of the process that it runs in. Models share one where that is the same.
public interface ProcessOptions {
    /// Of an engine whose models say nothing of it.
    ProcessOptions NONE = (_, _) -> List.of();

    /// Options of the JVM, which count more than those of the engine.
    ///
    /// @param parameters those of the model's configuration
    /// @throws ServingException when one has a value that cannot be
    List<String> of(String model, Map<String, String> parameters) throws ServingException;
}
