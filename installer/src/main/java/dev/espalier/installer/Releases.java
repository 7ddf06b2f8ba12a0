package dev.espalier.installer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The engines that can be installed, by the names that users give them: `tensorflow-2.16.2` for a version
/// of which it is known where it is, `tensorflow` for the newest of those, `tensorflow:1.0.0` for any
/// version of the Maven package.
final class Releases {
    private static final String ENGINE = "tensorflow";

    /// Newest first.
    private final List<Release> known = read("tensorflow.txt");

    private static List<Release> read(String resource) {
        try (InputStream table = Releases.class.getResourceAsStream(resource)) {
            if (table == null) {
                throw new IllegalStateException(resource + " is missing in the installer's jar");
            }
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .map(words -> new Release(words[0], words[1]))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// @throws InstallException when there is no such engine
    Release find(String name) throws InstallException {
        if (name.equals(ENGINE)) {
            return known.getFirst();
        }
        if (name.matches(ENGINE + ":[0-9][0-9A-Za-z.-]*")) {
            return new Release("", name.substring(ENGINE.length() + 1));
        }
        return known.stream()
                .filter(release -> name.equals(ENGINE + "-" + release.version()))
                .findFirst()
                .orElseThrow(() ->
                        new InstallException(
                                "engine '%s' (expected: one of %s; or %s:<version of org.tensorflow:tensorflow-core-native> for another)"
                                        .formatted(name, String.join(", ", names()), ENGINE)));
    }

    /// The names of those of which it is known where they are.
    List<String> names() {
        return known.stream().map(release -> ENGINE + "-" + release.version()).toList();
    }
}
