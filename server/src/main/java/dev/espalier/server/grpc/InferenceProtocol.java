package dev.espalier.server.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.espalier.protocol.GrpcService;
import dev.espalier.protocol.ModelConfigRequest;
import dev.espalier.protocol.ModelConfigResponse;
import dev.espalier.protocol.ModelMetadataRequest;
import dev.espalier.protocol.ModelReadyRequest;
import dev.espalier.protocol.ModelReadyResponse;
import dev.espalier.protocol.ModelStatisticsRequest;
import dev.espalier.protocol.ServerLiveRequest;
import dev.espalier.protocol.ServerLiveResponse;
import dev.espalier.protocol.ServerMetadataRequest;
import dev.espalier.protocol.ServerReadyRequest;
import dev.espalier.protocol.ServerReadyResponse;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.grpc.UnaryMethod.Answer;
import dev.espalier.server.repository.ModelVersion;
import io.grpc.ServerServiceDefinition;

/// The methods of `inference.GRPCInferenceService`, by the groups of its definition. What has no method
/// here is answered with UNIMPLEMENTED.
final class InferenceProtocol {
    private static final String NAME = "inference.GRPCInferenceService";

    private final ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(NAME);
    private final GrpcServices services;

    private InferenceProtocol(GrpcServices services) {
        this.services = services;
    }

    /// @param responseCompression `none`, `low`, `medium` or `high`
    /// @param streamRequests how many requests of one stream are taken at once
    static ServerServiceDefinition service(
            GrpcServices services, String responseCompression, int streamRequests) {
        InferenceProtocol protocol = new InferenceProtocol(services);
        protocol.health();
        protocol.descriptions();
        new InferMethod(services, responseCompression, streamRequests).addTo(protocol.service);
        new RepositoryMethods(services, protocol.service, NAME).add();
        new SettingsMethods(services).addTo(protocol.service, NAME);
        new RegionMethods(services, protocol.service, NAME).add();
        return Reflection.described(protocol.service.build(), GrpcService::getDescriptor);
    }

    private void health() {
        add(
                "ServerLive",
                ServerLiveRequest.parser(),
                _ -> ServerLiveResponse.newBuilder().setLive(services.health().live()).build());
        add(
                "ServerReady",
                ServerReadyRequest.parser(),
                _ -> ServerReadyResponse.newBuilder().setReady(services.health().ready()).build());
        add(
                "ModelReady",
                ModelReadyRequest.parser(),
                request -> {
                    String version = VersionText.checked(request.getVersion());
                    boolean ready = services.catalog().isReady(request.getName(), version);
                    return ModelReadyResponse.newBuilder().setReady(ready).build();
                });
    }

    private void descriptions() {
        add(
                "ServerMetadata",
                ServerMetadataRequest.parser(),
                _ -> Descriptions.server(services.info()));
        add(
                "ModelMetadata",
                ModelMetadataRequest.parser(),
                request ->
                        Descriptions.model(
                                ready(request.getName(), request.getVersion()).metadata()));
        add(
                "ModelConfig",
                ModelConfigRequest.parser(),
                request ->
                        ModelConfigResponse.newBuilder()
                                .setConfig(ready(request.getName(), request.getVersion()).config())
                                .build());
        add(
                "ModelStatistics",
                ModelStatisticsRequest.parser(),
                request ->
                        Descriptions.statistics(
                                services.catalog()
                                        .statistics(
                                                request.getName(),
                                                VersionText.checked(request.getVersion()))));
    }

    private ModelVersion ready(String name, String version) throws ServingException {
        return services.catalog().ready(name, VersionText.checked(version));
    }

    private <Q extends Message> void add(String name, Parser<Q> parser, Answer<Q> answer) {
        UnaryMethod.add(service, NAME, name, parser, answer, services.errors());
    }
}
