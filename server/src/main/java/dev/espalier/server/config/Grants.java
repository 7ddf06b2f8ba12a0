package dev.espalier.server.config;

import java.nio.file.Path;
import java.util.List;

/// What workers may use beyond what all of them may.
///
/// @param readable files and folders, absolute
/// @param writable files and folders, absolute
/// @param network whether they may use the network
public record Grants(List<Path> readable, List<Path> writable, boolean network) {
    /// Nothing more.
    public static final Grants NONE = new Grants(List.of(), List.of(), false);

    public Grants {
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }
}
