package dev.espalier.server.ops;

import java.nio.file.Path;

/// An op library. Its identity is its content: the same bytes at two paths are one library.
///
/// @param sha256 the content's SHA-256, in hexadecimal
/// @param source where the user put it, for messages
/// @param stored where workers load it from: a copy that never changes
public record OpLibrary(String sha256, Path source, Path stored) {
    private static final int SHORT_HASH = 8;

    /// The library for people, such as `libx.so@1f2e3d4c`.
    public String label() {
        return source.getFileName() + "@" + sha256.substring(0, SHORT_HASH);
    }
}
