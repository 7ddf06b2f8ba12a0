package dev.espalier.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Where models are, and how they are loaded.
///
/// @param folders absolute, at least one
/// @param exitOnError stop when a model cannot be loaded
/// @param strictReadiness ready only while no model is unavailable
/// @param control how models come and go
/// @param pollPause time from one look at the repositories to the next; zero for none
/// @param startupModels what is loaded at the start where requests control models
/// @param opUpload whether requests may bring op libraries along
/// @param autoComplete complete `config.pbtxt` from the model file
/// @param configName which of a model's `configs/` stands in for its `config.pbtxt`; empty for none
/// @param loadThreads models that load at the same time
/// @param loadRetries further attempts to load a model that failed
public record RepositoryOptions(
        List<Path> folders,
        boolean exitOnError,
        boolean strictReadiness,
        ControlMode control,
        Duration pollPause,
        List<String> startupModels,
        boolean opUpload,
        boolean autoComplete,
        String configName,
        int loadThreads,
        int loadRetries) {
    /// Among the models to load at the start: all.
    public static final String ALL = "*";

    public RepositoryOptions {
        folders = List.copyOf(folders);
        startupModels = List.copyOf(startupModels);
    }
}
