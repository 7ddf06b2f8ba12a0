package dev.espalier.server.config;

import java.nio.file.Path;
import java.util.List;

/// Where models are, and how they are loaded.
///
/// @param folders absolute, at least one
/// @param exitOnError stop when a model cannot be loaded
/// @param strictReadiness ready only when every model is
/// @param autoComplete complete `config.pbtxt` from the model file
/// @param loadThreads models that load at the same time
/// @param loadRetries further attempts to load a model that failed
public record RepositoryOptions(
        List<Path> folders,
        boolean exitOnError,
        boolean strictReadiness,
        boolean autoComplete,
        int loadThreads,
        int loadRetries) {
    public RepositoryOptions {
        folders = List.copyOf(folders);
    }
}
