package dev.espalier.server.workers;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// The files of one engine version: a folder with its natives, its jars, and `engine.properties`, which
/// names them.
///
/// @param engine the engine's name, such as `onnxruntime`
/// @param library its native library
/// @param classPath the jars that a worker needs for it
public record EnginePack(String engine, String version, Path library, List<Path> classPath) {
    private static final String DESCRIPTION = "engine.properties";

    public EnginePack {
        classPath = List.copyOf(classPath);
    }

    /// The pack's name, such as `onnxruntime-1.29.0`.
    public String name() {
        return engine + "-" + version;
    }

    /// The packs in the folders of `directory`.
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
                    packs.add(read(folder));
                }
            }
        }
        return packs;
    }

    private static EnginePack read(Path folder) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve(DESCRIPTION))) {
            properties.load(reader);
        }
        List<Path> classPath = new ArrayList<>();
        for (String entry : value(folder, properties, "class.path").split(":", -1)) {
            classPath.add(folder.resolve(entry).normalize());
        }
        return new EnginePack(
                value(folder, properties, "engine"),
                value(folder, properties, "version"),
                folder.resolve(value(folder, properties, "library")).normalize(),
                classPath);
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
