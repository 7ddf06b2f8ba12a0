package dev.espalier.server.grpc;

import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.access.Scope;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;

/// Refuses calls without the token that their method needs.
final class TokenCheck implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /// What anybody may ask, token or not.
    private static final Set<String> HEALTH = Set.of("ServerLive", "ServerReady", "Check");

    /// What changes the server, has it read and write files, or tells places on its machine.
    private static final Set<String> ADMINS =
            Set.of(
                    "RepositoryModelLoad",
                    "RepositoryModelUnload",
                    "OpLibraries",
                    "SystemSharedMemoryRegister",
                    "SystemSharedMemoryUnregister",
                    "TraceSetting",
                    "LogSettings");

    private final AccessTokens tokens;

    TokenCheck(AccessTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        MethodDescriptor<Q, A> method = call.getMethodDescriptor();
        String name = String.valueOf(method.getBareMethodName());
        if (HEALTH.contains(name)) {
            return started(call, headers, next);
        }
        Scope scope = ADMINS.contains(name) ? Scope.ADMIN : Scope.INFER;
        return switch (tokens.check(headers.get(AUTHORIZATION), scope)) {
            case GRANTED -> started(call, headers, next);
            case UNAUTHENTICATED ->
                    refused(
                            call,
                            Status.UNAUTHENTICATED.withDescription(
                                    "a valid token is needed (expected: metadata 'authorization:"
                                            + " Bearer <token>')"));
            case FORBIDDEN ->
                    refused(
                            call,
                            Status.PERMISSION_DENIED.withDescription(
                                    "the token's scope is 'infer' (expected: a token with scope"
                                            + " 'admin')"));
        };
    }

    private static <Q, A> ServerCall.Listener<Q> started(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ArrivingUploads.started(call);
        return next.startCall(call, headers);
    }

    private static <Q, A> ServerCall.Listener<Q> refused(ServerCall<Q, A> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
