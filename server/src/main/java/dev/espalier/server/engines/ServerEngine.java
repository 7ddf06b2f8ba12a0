package dev.espalier.server.engines;

import dev.espalier.server.formats.ModelFormat;
import dev.espalier.server.ops.OpEngine;
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;

/// An engine as the server knows it, which loads nothing of it: everything that tells it from others, each part
/// in the words of the room that has to do with it.
///
/// @param formats the model files that it loads, in the order in which they are tried; none of an engine whose op
///     libraries are only told from others
/// @param ops what concerns its op libraries, and its name
/// @param workers what its worker processes need
/// @param librarySettings its settings in `--backend-config` that list op libraries
public record ServerEngine(
        List<ModelFormat> formats,
        OpEngine ops,
        WorkerNeeds workers,
        List<String> librarySettings) {
    public ServerEngine {
        formats = List.copyOf(formats);
        librarySettings = List.copyOf(librarySettings);
        for (ModelFormat format : formats) {
            if (!format.backend().name().equals(ops.name())) {
                throw new IllegalArgumentException(
                        "format %s is of engine %s (expected: %s)"
                                .formatted(format.title(), format.backend().name(), ops.name()));
            }
        }
    }

    /// Its name in `config.pbtxt`.
    public String name() {
        return ops.name();
    }

    /// Whether models can run with it.
    boolean isServed() {
        return !formats.isEmpty();
    }
}
