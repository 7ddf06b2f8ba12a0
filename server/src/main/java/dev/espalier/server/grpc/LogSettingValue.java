package dev.espalier.server.grpc;

import dev.espalier.protocol.LogSettingsRequest.SettingValue;
import dev.espalier.protocol.LogSettingsRequest.SettingValue.ParameterChoiceCase;
import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.logging.LogChange;

/// What a client wants a setting of the log to be.
record LogSettingValue(String name, SettingValue value)
        implements LogChange.Value<ServingException> {
    @Override
    public boolean flag() throws ServingException {
        require(ParameterChoiceCase.BOOL_PARAM, "boolean");
        return value.getBoolParam();
    }

    @Override
    public int detail() throws ServingException {
        require(ParameterChoiceCase.UINT32_PARAM, "int32");
        return value.getUint32Param();
    }

    @Override
    public LoggingOptions.Format format() throws ServingException {
        require(ParameterChoiceCase.STRING_PARAM, "string");
        LoggingOptions.Format format = LoggingOptions.Format.of(value.getStringParam());
        if (format == null) {
            throw Failures.invalid(
                    "invalid argument for log_format, got: " + value.getStringParam());
        }
        return format;
    }

    private void require(ParameterChoiceCase expected, String expectedName)
            throws ServingException {
        if (value.getParameterChoiceCase() != expected) {
            throw Failures.invalid("expect %s for '%s'".formatted(expectedName, name));
        }
    }
}
