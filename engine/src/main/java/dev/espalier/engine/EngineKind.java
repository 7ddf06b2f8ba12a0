package dev.espalier.engine;

import java.nio.file.Path;

/// What a module of an engine gives to programs: the engine's name, and what opens its library. Nothing native is
/// there before it is opened.
public interface EngineKind {
    /// The engine's name in `config.pbtxt` (`backend`), such as `onnxruntime`.
    String name();

    /// Opens the engine.
    ///
    /// @param library the path of its native library, as its pack names it
    /// @throws EngineException when it cannot be opened, or is none that this code knows
    Engine open(Path library) throws EngineException;

    /// Opens the engine as far as looking into op libraries needs it.
    ///
    /// @throws EngineException as [#open]
    OpInspector inspector(Path library) throws EngineException;
}
