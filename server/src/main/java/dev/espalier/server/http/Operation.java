package dev.espalier.server.http;

import dev.espalier.server.access.Scope;
import dev.espalier.server.config.ApiGroup;
import io.netty.handler.codec.http.HttpMethod;

/// What a route does.
enum Operation {
    SERVER_METADATA("GET"),
    HEALTH_LIVE("GET"),
    HEALTH_READY("GET"),
    MODEL_METADATA("GET"),
    MODEL_READY("GET"),
    MODEL_CONFIG("GET"),
    MODEL_STATISTICS("GET"),
    INFER("POST"),
    GENERATE("POST"),
    GENERATE_STREAM("POST"),
    TRACE_SETTING("GET POST"),
    LOGGING("GET POST"),
    REPOSITORY_INDEX("POST"),
    MODEL_LOAD("POST"),
    MODEL_UNLOAD("POST"),
    /// Loading or unloading in one repository of several, by the repository's name.
    NAMED_REPOSITORY("POST"),
    REGION_STATUS("GET"),
    REGION_REGISTER("POST"),
    REGION_UNREGISTER("POST"),
    /// The same for memory of GPUs.
    GPU_REGION_STATUS("GET"),
    GPU_REGION_REGISTER("POST"),
    GPU_REGION_UNREGISTER("POST"),
    /// The op libraries that models use, or one model uses; our own.
    OP_LIBRARIES("GET"),
    /// What of models' configurations has no effect; our own.
    MODEL_NOTES("GET"),
    /// The workers and their deaths; our own.
    WORKERS("GET");

    private final boolean gets;
    private final boolean posts;

    Operation(String methods) {
        gets = methods.contains("GET");
        posts = methods.contains("POST");
    }

    boolean allows(HttpMethod method) {
        return gets && method.equals(HttpMethod.GET) || posts && method.equals(HttpMethod.POST);
    }

    /// Whether anybody may ask, token or not.
    boolean isHealth() {
        return this == HEALTH_LIVE || this == HEALTH_READY;
    }

    /// Whether its answer may have to wait for a lock or a file, or is long.
    boolean waits() {
        return switch (this) {
            case MODEL_CONFIG, MODEL_STATISTICS, OP_LIBRARIES, MODEL_NOTES, WORKERS -> true;
            default -> false;
        };
    }

    /// What restrictions call it.
    ApiGroup group() {
        return switch (this) {
            case HEALTH_LIVE, HEALTH_READY, MODEL_READY -> ApiGroup.HEALTH;
            case SERVER_METADATA, MODEL_METADATA -> ApiGroup.METADATA;
            case INFER, GENERATE, GENERATE_STREAM -> ApiGroup.INFERENCE;
            case MODEL_CONFIG, MODEL_NOTES -> ApiGroup.MODEL_CONFIG;
            case MODEL_STATISTICS, WORKERS -> ApiGroup.STATISTICS;
            case REPOSITORY_INDEX, MODEL_LOAD, MODEL_UNLOAD, NAMED_REPOSITORY, OP_LIBRARIES ->
                    ApiGroup.MODEL_REPOSITORY;
            case REGION_STATUS,
                    REGION_REGISTER,
                    REGION_UNREGISTER,
                    GPU_REGION_STATUS,
                    GPU_REGION_REGISTER,
                    GPU_REGION_UNREGISTER ->
                    ApiGroup.SHARED_MEMORY;
            case TRACE_SETTING -> ApiGroup.TRACE;
            case LOGGING -> ApiGroup.LOGGING;
        };
    }

    /// The scope that a token needs for it.
    Scope scope() {
        return switch (this) {
            // Op libraries, workers, logs and traces are told with their places on this machine,
            // and
            // whoever registers a region has the server read and write it.
            case MODEL_LOAD,
                    MODEL_UNLOAD,
                    NAMED_REPOSITORY,
                    REGION_REGISTER,
                    REGION_UNREGISTER,
                    OP_LIBRARIES,
                    WORKERS,
                    TRACE_SETTING,
                    LOGGING ->
                    Scope.ADMIN;
            default -> Scope.INFER;
        };
    }
}
