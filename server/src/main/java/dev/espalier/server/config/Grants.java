package dev.espalier.server.config;

import java.util.List;

/// What workers may use beyond what all of them may.
///
/// @param readable files and folders
/// @param writable files and folders
/// @param network whether they may use the network
public record Grants(List<Place> readable, List<Place> writable, boolean network) {
    /// Nothing more.
    public static final Grants NONE = new Grants(List.of(), List.of(), false);

    public Grants {
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }
}
