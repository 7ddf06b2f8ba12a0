package dev.espalier.server.ops;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// An op library, and what it finds by its own place. Its identity is the content of all that: the same bytes at
/// two places are one library, and one with another neighbour is another one.
///
/// @param sha256 the identity, in hexadecimal: the hash of the file's content where nothing else belongs to it
/// @param content the hash of the file's content
/// @param source where the user put it, for messages
/// @param root the private folder with copies of it and its parts, as they lie to each other; it never changes
/// @param stored where workers load it from, in `root`
/// @param parts what it finds by its own place, in the order of their names
public record OpLibrary(
        String sha256, String content, Path source, Path root, Path stored, List<Part> parts) {
    private static final int SHORT_HASH = 8;

    public OpLibrary {
        parts = List.copyOf(parts);
    }

    /// A file that belongs to a library.
    ///
    /// @param name its path from the library's folder
    /// @param needed whether the library cannot be opened without it
    public record Part(String name, Path source, String sha256, boolean needed) {
        static final Comparator<Part> BY_NAME = Comparator.comparing(Part::name);
    }

    /// Where a part lies.
    Path stored(Part part) {
        return stored.resolveSibling(part.name()).normalize();
    }

    /// The library for people, such as `libx.so@1f2e3d4c`.
    public String label() {
        return source.getFileName() + "@" + sha256.substring(0, SHORT_HASH);
    }
}
