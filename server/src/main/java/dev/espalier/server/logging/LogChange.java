package dev.espalier.server.logging;

import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.function.UnaryOperator;

/// What a client wants to be logged, as both protocols write it: by name. What it does not name stays as it is.
public final class LogChange implements UnaryOperator<LoggingOptions> {
    private UnaryOperator<LoggingOptions> steps = options -> options;

    /// A setting's value, which each protocol reads, and refuses, in its own way.
    ///
    /// @param <E> what else comes of reading it
    public interface Value<E extends Exception> {
        boolean flag() throws E, ServingException;

        int detail() throws E, ServingException;

        LoggingOptions.Format format() throws E, ServingException;
    }

    /// A setting is to have this value.
    ///
    /// @throws ServingException where it cannot, or is one that no client can change
    public <E extends Exception> void set(String name, Value<E> value) throws E, ServingException {
        switch (name) {
            case "log_file" ->
                    throw new ServingException(
                            ErrorCode.UNSUPPORTED,
                            "log file location can not be updated through network protocol");
            case "log_info" -> {
                boolean told = value.flag();
                then(options -> options.withInfo(told));
            }
            case "log_warning" -> {
                boolean told = value.flag();
                then(options -> options.withWarning(told));
            }
            case "log_error" -> {
                boolean told = value.flag();
                then(options -> options.withError(told));
            }
            case "log_verbose_level" -> {
                int detail = value.detail();
                then(options -> options.withVerbose(detail));
            }
            case "log_format" -> {
                LoggingOptions.Format format = value.format();
                then(options -> options.withFormat(format));
            }
            default -> {
                // As Triton: clients send what newer servers know.
            }
        }
    }

    private void then(UnaryOperator<LoggingOptions> next) {
        UnaryOperator<LoggingOptions> before = steps;
        steps = options -> next.apply(before.apply(options));
    }

    @Override
    public LoggingOptions apply(LoggingOptions options) {
        return steps.apply(options);
    }
}
