package dev.espalier.server.config;

/// What is logged, how, and where to.
///
/// @param verbose 0 for no detail
/// @param file empty for the standard error stream
public record LoggingOptions(
        int verbose, boolean info, boolean warning, boolean error, Format format, String file) {

    /// How a line begins.
    public enum Format {
        /// `I1124 15:40:32.123456 4711 Server] ...`
        DEFAULT,
        /// `2026-11-24T15:40:32Z I 4711 Server] ...`
        ISO8601
    }
}
