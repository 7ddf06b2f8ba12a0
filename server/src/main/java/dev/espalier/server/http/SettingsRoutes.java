package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.tracing.TraceSettingTexts;
import io.netty.handler.codec.http.HttpMethod;

/// Answers the routes of settings that change while the server runs: log and traces. Safe for use by several threads.
final class SettingsRoutes {
    private final HttpServices services;

    SettingsRoutes(HttpServices services) {
        this.services = services;
    }

    /// Whether a route is one of these.
    static boolean answers(Operation operation) {
        return operation == Operation.LOGGING || operation == Operation.TRACE_SETTING;
    }

    /// What answers a request of this method: one without a body changes nothing.
    AwaitedExchange.Answer by(HttpMethod method) {
        return method.equals(HttpMethod.GET) ? (route, _) -> told(route) : this::changed;
    }

    private Reply told(Route route) throws ServingException {
        if (route.operation() == Operation.LOGGING) {
            return Reply.json(SettingsDescriptions.log(services.log().options()));
        }
        checkModel(route.model());
        return traces(route.model());
    }

    private Reply changed(Route route, byte[] body) throws ServingException {
        if (route.operation() == Operation.LOGGING) {
            return Reply.json(
                    SettingsDescriptions.log(services.log().change(LogSettingsParser.parse(body))));
        }
        checkModel(route.model());
        services.tracing().change(route.model(), TraceSettingsParser.parse(body));
        return traces(route.model());
    }

    private Reply traces(String model) {
        return Reply.json(
                SettingsDescriptions.traces(TraceSettingTexts.told(services.tracing(), model)));
    }

    private void checkModel(String model) throws ServingException {
        if (!model.isEmpty() && !services.catalog().isReady(model, "")) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT, "Request for unknown model : " + model);
        }
    }
}
