package dev.espalier.server.grpc;

import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.List;

/// gRPC's reflection: tells tools that have no .proto file, as `grpcurl`, what there is to call.
final class Reflection {
    private Reflection() {}

    /// What such tools ask, in both versions that are in use: older ones know the deprecated one only.
    @SuppressWarnings("deprecation")
    static List<ServerServiceDefinition> services() {
        return List.of(
                ProtoReflectionServiceV1.newInstance().bindService(),
                ProtoReflectionService.newInstance().bindService());
    }

    /// A service with what reflection tells of it.
    ///
    /// @param file where it is defined; asked for when somebody wants to know
    static ServerServiceDefinition described(
            ServerServiceDefinition service, ProtoFileDescriptorSupplier file) {
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
                        .setSchemaDescriptor(file);
        service.getMethods().forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder described =
                ServerServiceDefinition.builder(descriptor.build());
        service.getMethods().forEach(described::addMethod);
        return described.build();
    }
}
