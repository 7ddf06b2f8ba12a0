package dev.espalier.server.grpc;

import dev.espalier.protocol.LogSettingsRequest.SettingValue;
import dev.espalier.protocol.LogSettingsRequest.SettingValue.ParameterChoiceCase;
import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// What a client wants to be logged. What it does not name stays as it is.
final class LogChange implements UnaryOperator<LoggingOptions> {
    private final List<UnaryOperator<LoggingOptions>> steps = new ArrayList<>();

    private LogChange() {}

    /// @throws ServingException where a setting is not what it should be
    static LogChange of(Map<String, SettingValue> settings) throws ServingException {
        LogChange change = new LogChange();
        for (Map.Entry<String, SettingValue> setting : settings.entrySet()) {
            change.add(setting.getKey(), setting.getValue());
        }
        return change;
    }

    @Override
    public LoggingOptions apply(LoggingOptions options) {
        LoggingOptions changed = options;
        for (UnaryOperator<LoggingOptions> step : steps) {
            changed = step.apply(changed);
        }
        return changed;
    }

    private void add(String name, SettingValue value) throws ServingException {
        switch (name) {
            case "log_file" ->
                    throw new ServingException(
                            ErrorCode.UNSUPPORTED,
                            "log file location can not be updated through network protocol");
            case "log_info" -> {
                boolean told = bool(name, value);
                steps.add(options -> options.withInfo(told));
            }
            case "log_warning" -> {
                boolean told = bool(name, value);
                steps.add(options -> options.withWarning(told));
            }
            case "log_error" -> {
                boolean told = bool(name, value);
                steps.add(options -> options.withError(told));
            }
            case "log_verbose_level" -> {
                require(name, value, ParameterChoiceCase.UINT32_PARAM, "int32");
                int detail = value.getUint32Param();
                steps.add(options -> options.withVerbose(detail));
            }
            case "log_format" -> {
                require(name, value, ParameterChoiceCase.STRING_PARAM, "string");
                LoggingOptions.Format format = format(value.getStringParam());
                steps.add(options -> options.withFormat(format));
            }
            default -> {
                // As Triton: clients send what newer servers know.
            }
        }
    }

    private static boolean bool(String name, SettingValue value) throws ServingException {
        require(name, value, ParameterChoiceCase.BOOL_PARAM, "boolean");
        return value.getBoolParam();
    }

    private static void require(
            String name, SettingValue value, ParameterChoiceCase expected, String expectedName)
            throws ServingException {
        if (value.getParameterChoiceCase() != expected) {
            throw Failures.invalid("expect %s for '%s'".formatted(expectedName, name));
        }
    }

    private static LoggingOptions.Format format(String text) throws ServingException {
        for (LoggingOptions.Format format : LoggingOptions.Format.values()) {
            if (format.text().equals(text)) {
                return format;
            }
        }
        throw Failures.invalid("invalid argument for log_format, got: " + text);
    }
}
