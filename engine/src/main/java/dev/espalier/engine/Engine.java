package dev.espalier.engine;

/// An inference engine in one version, living in one worker process. One instance a process: engines
/// keep process-wide state.
///
/// Thread contract: `load` is called by one thread at a time; a loaded model's instances are used by
/// one thread each.
public interface Engine extends AutoCloseable {
    /// The engine's name in `config.pbtxt` (`backend`), such as `onnxruntime`.
    String name();

    /// The version that the engine's own library reports.
    String version();

    /// Loads a model with its op libraries, ready to run.
    ///
    /// @throws EngineException when the file is broken, an op is provided by nobody, or a library
    ///     cannot be loaded; the message names file, op and library as far as they are known
    LoadedModel load(ModelSource source) throws EngineException;

    /// Releases the engine; all models must be closed before.
    @Override
    void close();
}
