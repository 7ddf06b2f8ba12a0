package dev.espalier.server.logging;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.config.LoggingOptions;
import java.util.function.UnaryOperator;

/// Settings that nothing is logged by: a test's process has one log, which its tests share.
public final class HeldLogSettings implements LogSettings {
    @GuardedBy("this")
    private LoggingOptions options =
            new LoggingOptions(0, true, true, true, LoggingOptions.Format.DEFAULT, "");

    @Override
    public synchronized LoggingOptions options() {
        return options;
    }

    @Override
    public synchronized LoggingOptions change(UnaryOperator<LoggingOptions> change) {
        options = change.apply(options);
        return options;
    }
}
