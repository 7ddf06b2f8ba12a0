package dev.espalier.server.logging;

import dev.espalier.server.config.LoggingOptions;
import java.util.function.UnaryOperator;

/// What is logged, which may change while the server runs. Safe for use by several threads.
public interface LogSettings {
    LoggingOptions options();

    /// Changes what is logged, and how a line begins, from the next line on; the file stays.
    ///
    /// @return what holds from now on
    LoggingOptions change(UnaryOperator<LoggingOptions> change);
}
