package dev.espalier.server.config;

import org.jspecify.annotations.Nullable;

/// What is logged, how, and where to.
///
/// @param verbose 0 for no detail
/// @param file empty for the standard error stream
public record LoggingOptions(
        int verbose, boolean info, boolean warning, boolean error, Format format, String file) {

    public LoggingOptions withVerbose(int detail) {
        return new LoggingOptions(detail, info, warning, error, format, file);
    }

    public LoggingOptions withInfo(boolean told) {
        return new LoggingOptions(verbose, told, warning, error, format, file);
    }

    public LoggingOptions withWarning(boolean told) {
        return new LoggingOptions(verbose, info, told, error, format, file);
    }

    public LoggingOptions withError(boolean told) {
        return new LoggingOptions(verbose, info, warning, told, format, file);
    }

    public LoggingOptions withFormat(Format line) {
        return new LoggingOptions(verbose, info, warning, error, line, file);
    }

    /// How a line begins.
    public enum Format {
        /// `I1124 15:40:32.123456 4711 Server] ...`
        DEFAULT("default"),
        /// `2026-11-24T15:40:32Z I 4711 Server] ...`
        ISO8601("ISO8601");

        private final String text;

        Format(String text) {
            this.text = text;
        }

        /// The one of this name; null where there is none.
        public static @Nullable Format of(String text) {
            for (Format format : values()) {
                if (format.text.equals(text)) {
                    return format;
                }
            }
            return null;
        }

        /// Its name as users write it.
        public String text() {
            return text;
        }
    }
}
