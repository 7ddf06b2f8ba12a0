package dev.espalier.server.ops;

import java.lang.module.ModuleDescriptor.Version;
import java.util.Comparator;

/// An engine in one version, such as ONNX Runtime 1.29.0.
///
/// @param engine the engine's name, such as `onnxruntime`
/// @param version begins with a number; empty where no version of the engine is installed
public record EngineVersion(String engine, String version) {
    /// Newest first.
    public static final Comparator<EngineVersion> NEWEST =
            Comparator.comparing((EngineVersion engine) -> Version.parse(engine.version))
                    .reversed();

    /// The name of its pack, such as `onnxruntime-1.29.0`, which is also what installs it.
    @Override
    public String toString() {
        return version.isEmpty() ? engine : engine + "-" + version;
    }
}
