package dev.espalier.server.ops;

import java.nio.file.Path;

/// An op library. Its identity is its content: the same bytes at two paths are one library.
///
/// @param sha256 the content's SHA-256, in hexadecimal
/// @param source where the user put it, for messages
/// @param stored where workers load it from: a copy that never changes
public record OpLibrary(String sha256, Path source, Path stored) {}
