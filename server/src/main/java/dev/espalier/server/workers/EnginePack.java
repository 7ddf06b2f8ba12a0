package dev.espalier.server.workers;

import dev.espalier.server.ops.EngineVersion;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// The files of one engine version: a folder with its natives, its jars, and `engine.properties`, which
/// names them.
///
/// @param folder where the files are
/// @param library the file that the engine is opened by: its native library for this machine
/// @param worker the program that hosts it
public record EnginePack(EngineVersion engine, Path folder, Path library, WorkerProgram worker) {
    private static final String DESCRIPTION = "engine.properties";

    /// The pack in `folder`; empty where there is none, or none for this machine.
    ///
    /// @param distributed the program of packs that name none, as those that users install do: a pack
    ///     may outlive the distribution that it was installed with
    /// @throws IOException when its description cannot be read
    static Optional<EnginePack> in(Path folder, Optional<WorkerProgram> distributed)
            throws IOException {
        Path description = folder.resolve(DESCRIPTION);
        if (!Files.exists(description)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(description)) {
            properties.load(reader);
        }
        String library = properties.getProperty("library." + System.getProperty("os.arch"));
        if (library == null) {
            // That of an engine without native code is for every machine.
            library = properties.getProperty("library");
        }
        if (library == null) {
            return Optional.empty();
        }
        return Optional.of(
                new EnginePack(
                        new EngineVersion(
                                value(description, properties, "engine"),
                                version(description, properties)),
                        folder,
                        folder.resolve(library).normalize(),
                        worker(description, properties, distributed)));
    }

    private static String version(Path description, Properties properties) throws IOException {
        String version = value(description, properties, "version");
        if (!Character.isDigit(version.charAt(0))) {
            throw new IOException(
                    "%s: version '%s' (expected: a number first, such as 2.21.0); install the pack anew"
                            .formatted(description, version));
        }
        return version;
    }

    private static WorkerProgram worker(
            Path description, Properties properties, Optional<WorkerProgram> distributed)
            throws IOException {
        if (distributed.isPresent() && !properties.containsKey("worker.classpath")) {
            return distributed.get();
        }
        return new WorkerProgram(
                description
                        .resolveSibling(value(description, properties, "worker.classpath"))
                        .normalize(),
                value(description, properties, "worker.main"),
                value(description, properties, "probe.main"));
    }

    private static String value(Path description, Properties properties, String key)
            throws IOException {
        String value = properties.getProperty(key, "");
        if (value.isEmpty()) {
            throw new IOException(description + " has no '" + key + "'; install the pack anew");
        }
        return value;
    }
}
