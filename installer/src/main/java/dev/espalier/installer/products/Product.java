package dev.espalier.installer.products;

import dev.espalier.engine.EngineKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// An engine that can be installed: the Maven packages of its natives, and which of their files a worker needs.
///
/// Which version of each package has which version of the engine stands in a table, a resource beside this class
/// that is called like the engine: a line a version, newest first, with the engine's version and then those of
/// the packages in their order.
///
/// @param kind opens it, for its version
/// @param title its name for people
/// @param parts the packages
/// @param library which file is loaded, as a pattern of its name
/// @param example a name by which a user could ask for it
public record Product(
        EngineKind kind, String title, List<Part> parts, String library, String example) {
    private static final String LICENCE = "LICENSE";

    public Product {
        parts = List.copyOf(parts);
    }

    /// Its name in `config.pbtxt`.
    public String engine() {
        return kind.name();
    }

    /// Whether a file of that name is the one that is loaded.
    public boolean isLibrary(String name) {
        return name.matches(library);
    }

    /// Whether a file of that name goes with them.
    public static boolean isLicence(String name) {
        return name.equals(LICENCE);
    }

    /// The lines of its table of versions, each as its words.
    public List<List<String>> table() {
        String resource = engine() + ".txt";
        try (InputStream table = Product.class.getResourceAsStream(resource)) {
            if (table == null) {
                throw new IllegalStateException(resource + " is missing in the installer's jar");
            }
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split(" ", -1)))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
