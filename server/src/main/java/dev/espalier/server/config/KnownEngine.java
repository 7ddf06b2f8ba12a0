package dev.espalier.server.config;

import java.util.List;

/// An engine as the command line knows it.
///
/// @param name its name in `config.pbtxt`
/// @param librarySettings its settings in `--backend-config` that list op libraries, separated by semicolons
public record KnownEngine(String name, List<String> librarySettings) {
    public KnownEngine {
        librarySettings = List.copyOf(librarySettings);
    }
}
