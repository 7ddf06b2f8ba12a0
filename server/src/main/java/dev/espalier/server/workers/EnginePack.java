package dev.espalier.server.workers;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// The files of one engine version: a folder with its natives, its jars, and `engine.properties`, which
/// names them.
///
/// @param engine the engine's name, such as `onnxruntime`
/// @param library its native library for this machine
/// @param classPath the jar that a worker with it needs; its manifest names the others
/// @param mainClass where such a worker begins
/// @param probeClass where a probe of op libraries begins, on the same class path
public record EnginePack(
        String engine,
        String version,
        Path library,
        Path classPath,
        String mainClass,
        String probeClass) {
    private static final String DESCRIPTION = "engine.properties";

    /// The pack's name, such as `onnxruntime-1.29.0`.
    public String name() {
        return engine + "-" + version;
    }

    /// The packs in the folders of `directory` that have a library for this machine.
    ///
    /// @throws IOException when a pack's description cannot be read
    public static List<EnginePack> in(Path directory) throws IOException {
        List<EnginePack> packs = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return packs;
        }
        try (var folders = Files.newDirectoryStream(directory)) {
            for (Path folder : folders) {
                if (Files.exists(folder.resolve(DESCRIPTION))) {
                    read(folder).ifPresent(packs::add);
                }
            }
        }
        return packs;
    }

    private static Optional<EnginePack> read(Path folder) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve(DESCRIPTION))) {
            properties.load(reader);
        }
        String library = properties.getProperty("library." + System.getProperty("os.arch"));
        if (library == null) {
            return Optional.empty();
        }
        return Optional.of(
                new EnginePack(
                        value(folder, properties, "engine"),
                        value(folder, properties, "version"),
                        folder.resolve(library).normalize(),
                        folder.resolve(value(folder, properties, "worker.classpath")).normalize(),
                        value(folder, properties, "worker.main"),
                        value(folder, properties, "probe.main")));
    }

    private static String value(Path folder, Properties properties, String key) throws IOException {
        String value = properties.getProperty(key, "");
        if (value.isEmpty()) {
            throw new IOException(
                    folder.resolve(DESCRIPTION) + " has no '" + key + "'; install the pack anew");
        }
        return value;
    }
}
