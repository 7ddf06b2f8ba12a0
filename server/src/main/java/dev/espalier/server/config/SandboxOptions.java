package dev.espalier.server.config;

import java.util.List;

/// What workers are kept from.
///
/// @param environment names of the server's environment variables that workers get beyond the usual ones
public record SandboxOptions(Mode mode, List<String> environment) {
    /// Whether files and network are closed to workers.
    public enum Mode {
        /// Where the kernel can.
        AUTO,
        /// Always: a worker that cannot be confined does not start.
        ON,
        /// Never.
        OFF
    }

    public SandboxOptions {
        environment = List.copyOf(environment);
    }
}
