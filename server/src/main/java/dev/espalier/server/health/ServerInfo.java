package dev.espalier.server.health;

import java.util.List;

/// Who the server is.
///
/// @param name what `--id` says
/// @param extensions the protocol extensions that it speaks, in Triton's words
public record ServerInfo(String name, String version, List<String> extensions) {
    public ServerInfo {
        extensions = List.copyOf(extensions);
    }
}
