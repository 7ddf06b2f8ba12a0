package dev.espalier.installer;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/// An engine pack on this machine.
///
/// @param name such as `tensorflow-2.16.2`
record Pack(String name, Path folder) {
    static final String DESCRIPTION = "engine.properties";

    /// The pack in `folder`; empty where there is none.
    static Optional<Pack> in(Path folder) throws InstallException {
        Path description = folder.resolve(DESCRIPTION);
        if (!Files.exists(description)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(description)) {
            properties.load(reader);
        } catch (IOException failure) {
            throw new InstallException(description + " cannot be read: " + failure, failure);
        }
        return Optional.of(
                new Pack(
                        properties.getProperty("engine") + "-" + properties.getProperty("version"),
                        folder));
    }

    /// How much it takes up on disk.
    long bytes() throws InstallException {
        try (Stream<Path> files = Files.walk(folder)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException failure) {
            throw new InstallException(folder + " cannot be read: " + failure, failure);
        }
    }
}
