package dev.espalier.server.grpc;

import dev.espalier.protocol.LogSettingsRequest;
import dev.espalier.protocol.LogSettingsResponse;
import dev.espalier.protocol.TraceSettingRequest;
import dev.espalier.protocol.TraceSettingResponse;
import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.logging.LogChange;
import dev.espalier.server.tracing.TraceChange;
import dev.espalier.server.tracing.TraceSettingTexts;
import io.grpc.ServerServiceDefinition;
import java.util.Map;

/// The methods about settings that change while the server runs.
final class SettingsMethods {
    private final GrpcServices services;

    SettingsMethods(GrpcServices services) {
        this.services = services;
    }

    void addTo(ServerServiceDefinition.Builder service, String serviceName) {
        UnaryMethod.add(
                service,
                serviceName,
                "TraceSetting",
                TraceSettingRequest.parser(),
                this::traces,
                services.errors());
        UnaryMethod.add(
                service,
                serviceName,
                "LogSettings",
                LogSettingsRequest.parser(),
                this::log,
                services.errors());
    }

    // --- traces

    private TraceSettingResponse traces(TraceSettingRequest request) throws ServingException {
        String model = request.getModelName();
        if (!model.isEmpty() && !services.catalog().isReady(model, "")) {
            throw Failures.invalid("Request for unknown model : " + model);
        }
        if (!request.getSettingsMap().isEmpty()) {
            services.tracing().change(model, change(request.getSettingsMap()));
        }
        TraceSettingResponse.Builder response = TraceSettingResponse.newBuilder();
        TraceSettingTexts.told(services.tracing(), model)
                .forEach((name, values) ->
                        response.putSettings(
                                name,
                                TraceSettingResponse.SettingValue.newBuilder()
                                        .addAllValue(values)
                                        .build()));
        return response.build();
    }

    private static TraceChange change(Map<String, TraceSettingRequest.SettingValue> settings)
            throws ServingException {
        TraceSettingTexts texts = new TraceSettingTexts();
        for (Map.Entry<String, TraceSettingRequest.SettingValue> setting : settings.entrySet()) {
            String name = setting.getKey();
            if (!TraceSettingTexts.isKnown(name)) {
                continue;
            }
            if (setting.getValue().getValueCount() == 0) {
                texts.clear(name);
            } else {
                texts.set(name, setting.getValue().getValueList());
            }
        }
        return texts.change();
    }

    // --- the log

    private LogSettingsResponse log(LogSettingsRequest request) throws ServingException {
        LogChange change = new LogChange();
        for (Map.Entry<String, LogSettingsRequest.SettingValue> setting :
                request.getSettingsMap().entrySet()) {
            String name = setting.getKey();
            change.set(name, new LogSettingValue(name, setting.getValue()));
        }
        LoggingOptions now = services.log().change(change);
        return LogSettingsResponse.newBuilder()
                .putSettings("log_file", text(now.file()))
                .putSettings("log_info", bool(now.info()))
                .putSettings("log_warning", bool(now.warning()))
                .putSettings("log_error", bool(now.error()))
                .putSettings(
                        "log_verbose_level",
                        LogSettingsResponse.SettingValue.newBuilder()
                                .setUint32Param(now.verbose())
                                .build())
                .putSettings("log_format", text(now.format().text()))
                .build();
    }

    private static LogSettingsResponse.SettingValue text(String value) {
        return LogSettingsResponse.SettingValue.newBuilder().setStringParam(value).build();
    }

    private static LogSettingsResponse.SettingValue bool(boolean value) {
        return LogSettingsResponse.SettingValue.newBuilder().setBoolParam(value).build();
    }
}
