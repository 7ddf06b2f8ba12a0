package dev.espalier.server.grpc;

import dev.espalier.server.config.ApiGroup;
import dev.espalier.server.config.ApiRestrictions;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/// Refuses calls of restricted methods without the header that opens them. Before anything is asked of their token.
final class RestrictionCheck implements ServerInterceptor {
    private final ApiRestrictions restrictions;

    RestrictionCheck(ApiRestrictions restrictions) {
        this.restrictions = restrictions;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        ApiRestrictions.Key key = restrictions.of(group(method));
        if (key == null || key.opens(headers.get(name(key)))) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAVAILABLE.withDescription(
                        "This protocol is restricted, expecting header '" + key.header() + "'"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static Metadata.Key<String> name(ApiRestrictions.Key key) {
        return Metadata.Key.of(key.header(), Metadata.ASCII_STRING_MARSHALLER);
    }

    /// What restrictions call a method. One that nobody has thought of changes the server for all that is known.
    private static ApiGroup group(String method) {
        return switch (method) {
            case "ServerLive", "ServerReady", "ModelReady", "Check" -> ApiGroup.HEALTH;
            case "ServerMetadata", "ModelMetadata", "ServerReflectionInfo" -> ApiGroup.METADATA;
            case "ModelInfer", "ModelStreamInfer" -> ApiGroup.INFERENCE;
            case "ModelConfig" -> ApiGroup.MODEL_CONFIG;
            case "ModelStatistics" -> ApiGroup.STATISTICS;
            case "TraceSetting" -> ApiGroup.TRACE;
            case "LogSettings" -> ApiGroup.LOGGING;
            default ->
                    method.contains("SharedMemory")
                            ? ApiGroup.SHARED_MEMORY
                            : ApiGroup.MODEL_REPOSITORY;
        };
    }
}
