package dev.espalier.server.grpc;

import dev.espalier.protocol.health.HealthCheckRequest;
import dev.espalier.protocol.health.HealthCheckResponse;
import dev.espalier.protocol.health.HealthCheckResponse.ServingStatus;
import dev.espalier.protocol.health.HealthOuterClass;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.health.Health;
import io.grpc.ServerServiceDefinition;

/// The service `grpc.health.v1.Health`, as far as probes use it. It says of every service what holds
/// for the whole server.
final class HealthProtocol {
    private static final String NAME = "grpc.health.v1.Health";

    private HealthProtocol() {}

    static ServerServiceDefinition service(Health health, InternalErrors errors) {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(NAME);
        UnaryMethod.add(
                service,
                NAME,
                "Check",
                HealthCheckRequest.parser(),
                _ ->
                        HealthCheckResponse.newBuilder()
                                .setStatus(
                                        health.ready()
                                                ? ServingStatus.SERVING
                                                : ServingStatus.NOT_SERVING)
                                .build(),
                errors);
        return Reflection.described(service.build(), HealthOuterClass::getDescriptor);
    }
}
