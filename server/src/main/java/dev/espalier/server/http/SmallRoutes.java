package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.repository.ModelCatalog;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Answers every route but inference and the repository's, at once. Safe for use by several threads.
final class SmallRoutes {
    private final HttpServices services;

    SmallRoutes(HttpServices services) {
        this.services = services;
    }

    Reply answer(Route route) throws ServingException {
        return switch (route.operation()) {
            case SERVER_METADATA -> Reply.json(Descriptions.server(services.info()));
            case HEALTH_LIVE -> health(services.health().live());
            case HEALTH_READY -> health(services.health().ready());
            case MODEL_METADATA ->
                    Reply.json(
                            Descriptions.model(
                                    services.catalog()
                                            .ready(route.model(), route.version())
                                            .metadata()));
            case MODEL_READY -> modelReady(route);
            case MODEL_CONFIG -> config(route);
            case MODEL_STATISTICS ->
                    Reply.json(
                            Descriptions.statistics(
                                    services.catalog().statistics(route.model(), route.version())));
            case OP_LIBRARIES ->
                    Reply.json(
                            OpDescriptions.of(
                                    route.model().isEmpty()
                                            ? services.ops().opLibraries()
                                            : services.ops().opLibraries(route.model())));
            case MODEL_NOTES -> notes(route.model());
            case NAMED_REPOSITORY ->
                    throw unsupported("'repository_name' specification is not supported");
            case INFER,
                    GENERATE,
                    GENERATE_STREAM,
                    REPOSITORY_INDEX,
                    MODEL_LOAD,
                    MODEL_UNLOAD,
                    TRACE_SETTING,
                    LOGGING,
                    REGION_STATUS,
                    REGION_REGISTER,
                    REGION_UNREGISTER,
                    GPU_REGION_STATUS,
                    GPU_REGION_REGISTER,
                    GPU_REGION_UNREGISTER ->
                    throw new IllegalStateException(route.operation() + " is no small route");
            case WORKERS -> Reply.json(WorkerDescriptions.of(services.workers().get()));
        };
    }

    private Reply notes(String model) throws ServingException {
        List<ModelCatalog.ModelNotes> notes = services.catalog().notes(model);
        return Reply.json(
                model.isEmpty() ? Descriptions.notes(notes) : Descriptions.notes(notes.getFirst()));
    }

    private static ServingException unsupported(String message) {
        return new ServingException(ErrorCode.UNSUPPORTED, message);
    }

    private static Reply health(boolean well) {
        return Reply.empty(well ? 200 : 400);
    }

    private Reply modelReady(Route route) throws ServingException {
        return services.catalog().isReady(route.model(), route.version())
                ? Reply.empty(200)
                : Reply.error(400, "Model version not ready");
    }

    private Reply config(Route route) throws ServingException {
        String json =
                services.configJson()
                        .apply(services.catalog().ready(route.model(), route.version()).config());
        return new Reply(200, "", Reply.JSON, json.getBytes(StandardCharsets.UTF_8));
    }
}
