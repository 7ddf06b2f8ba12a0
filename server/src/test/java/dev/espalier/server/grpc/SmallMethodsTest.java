package dev.espalier.server.grpc;

import static dev.espalier.server.grpc.InferCallTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelConfigRequest;
import dev.espalier.protocol.ModelConfigResponse;
import dev.espalier.protocol.ModelMetadataRequest;
import dev.espalier.protocol.ModelMetadataResponse;
import dev.espalier.protocol.ModelReadyRequest;
import dev.espalier.protocol.ModelReadyResponse;
import dev.espalier.protocol.ModelStatistics;
import dev.espalier.protocol.ModelStatisticsRequest;
import dev.espalier.protocol.ModelStatisticsResponse;
import dev.espalier.protocol.RepositoryIndexRequest;
import dev.espalier.protocol.RepositoryIndexResponse;
import dev.espalier.protocol.RepositoryIndexResponse.ModelIndex;
import dev.espalier.protocol.ServerLiveRequest;
import dev.espalier.protocol.ServerLiveResponse;
import dev.espalier.protocol.ServerMetadataRequest;
import dev.espalier.protocol.ServerMetadataResponse;
import dev.espalier.protocol.ServerReadyRequest;
import dev.espalier.protocol.ServerReadyResponse;
import dev.espalier.protocol.health.HealthCheckRequest;
import dev.espalier.protocol.health.HealthCheckResponse;
import dev.espalier.protocol.health.HealthCheckResponse.ServingStatus;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The methods with a small message each way.
@Timeout(60)
final class SmallMethodsTest {
    private EchoServer server;
    private InferenceClient client;

    @BeforeEach
    void start() throws Exception {
        server = EchoServer.running();
        client = new InferenceClient(server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private HealthCheckResponse health() {
        return client.call(
                "grpc.health.v1.Health",
                "Check",
                HealthCheckRequest.getDefaultInstance(),
                HealthCheckResponse.getDefaultInstance());
    }

    private ServerReadyResponse ready() {
        return client.call(
                "ServerReady",
                ServerReadyRequest.getDefaultInstance(),
                ServerReadyResponse.getDefaultInstance());
    }

    @Test
    void tellHowTheServerIs() {
        ServerLiveResponse live =
                client.call(
                        "ServerLive",
                        ServerLiveRequest.getDefaultInstance(),
                        ServerLiveResponse.getDefaultInstance());
        assertThat(live.getLive()).isTrue();
        assertThat(ready().getReady()).isTrue();
        assertThat(health().getStatus()).isEqualTo(ServingStatus.SERVING);

        server.backend().fallIll();

        assertThat(ready().getReady()).isFalse();
        assertThat(health().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void tellWhetherAModelIsReady() {
        assertThat(ready("pair", "").getReady()).isTrue();
        assertThat(ready("pair", "1").getReady()).isTrue();
        assertThat(ready("pair", "2").getReady()).isFalse();
        assertThat(ready("none", "").getReady()).isFalse();
        refused(
                () -> ready("pair", "-1"),
                Status.Code.INVALID_ARGUMENT,
                "invalid model version specified '-1' , version should be an integral value > 0");
    }

    private ModelReadyResponse ready(String model, String version) {
        return client.call(
                "ModelReady",
                ModelReadyRequest.newBuilder().setName(model).setVersion(version).build(),
                ModelReadyResponse.getDefaultInstance());
    }

    @Test
    void describeTheServer() {
        ServerMetadataResponse metadata =
                client.call(
                        "ServerMetadata",
                        ServerMetadataRequest.getDefaultInstance(),
                        ServerMetadataResponse.getDefaultInstance());
        assertThat(metadata)
                .isEqualTo(
                        ServerMetadataResponse.newBuilder()
                                .setName("echo")
                                .setVersion("1.0")
                                .addExtensions("binary_tensor_data")
                                .build());
    }

    @Test
    void describeModels() {
        ModelMetadataResponse metadata =
                client.call(
                        "ModelMetadata",
                        ModelMetadataRequest.newBuilder().setName("batch").build(),
                        ModelMetadataResponse.getDefaultInstance());
        var tensor =
                ModelMetadataResponse.TensorMetadata.newBuilder()
                        .setName("X")
                        .setDatatype("INT32")
                        .addShape(-1)
                        .addShape(2);
        assertThat(metadata)
                .isEqualTo(
                        ModelMetadataResponse.newBuilder()
                                .setName("batch")
                                .addVersions("1")
                                .setPlatform("onnxruntime_onnx")
                                .addInputs(tensor)
                                .addOutputs(tensor)
                                .build());

        ModelConfig config =
                client.call(
                                "ModelConfig",
                                ModelConfigRequest.newBuilder().setName("batch").build(),
                                ModelConfigResponse.getDefaultInstance())
                        .getConfig();
        assertThat(config.getMaxBatchSize()).isEqualTo(8);

        refused(
                () ->
                        client.call(
                                "ModelMetadata",
                                ModelMetadataRequest.newBuilder().setName("none").build(),
                                ModelMetadataResponse.getDefaultInstance()),
                Status.Code.NOT_FOUND,
                "Request for unknown model: 'none' is not found");
    }

    @Test
    void tellWhatModelsHaveDone() {
        client.infer(Requests.raw("batch", "INT32", new byte[16], 2, 2));
        client.infer(Requests.raw("batch", "INT32", new byte[8], 1, 2));

        ModelStatistics statistics =
                client.call(
                                "ModelStatistics",
                                ModelStatisticsRequest.newBuilder().setName("batch").build(),
                                ModelStatisticsResponse.getDefaultInstance())
                        .getModelStats(0);

        assertThat(statistics.getName()).isEqualTo("batch");
        assertThat(statistics.getVersion()).isEqualTo("1");
        assertThat(statistics.getInferenceCount()).isEqualTo(3);
        assertThat(statistics.getExecutionCount()).isEqualTo(2);
        assertThat(statistics.getLastInference()).isPositive();
        assertThat(statistics.getInferenceStats().getSuccess().getCount()).isEqualTo(2);
        assertThat(statistics.getInferenceStats().getSuccess().getNs()).isPositive();
        assertThat(statistics.getInferenceStats().getFail().getCount()).isZero();
        assertThat(statistics.getBatchStatsList())
                .extracting(
                        batch -> batch.getBatchSize(), batch -> batch.getComputeInfer().getCount())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1L, 1L),
                        org.assertj.core.groups.Tuple.tuple(2L, 1L));
    }

    @Test
    void listTheRepository() {
        assertThat(index(false).getModelsList())
                .containsExactly(
                        entry("pair", "1", "READY", ""),
                        entry("lost", "2", "UNAVAILABLE", "its \"worker\" died"),
                        entry("never", "", "", "no version"));
        assertThat(index(true).getModelsList()).containsExactly(entry("pair", "1", "READY", ""));
        refused(
                () ->
                        client.call(
                                "RepositoryIndex",
                                RepositoryIndexRequest.newBuilder().setRepositoryName("r").build(),
                                RepositoryIndexResponse.getDefaultInstance()),
                Status.Code.UNIMPLEMENTED,
                "'repository_name' specification is not supported");
    }

    private RepositoryIndexResponse index(boolean ready) {
        return client.call(
                "RepositoryIndex",
                RepositoryIndexRequest.newBuilder().setReady(ready).build(),
                RepositoryIndexResponse.getDefaultInstance());
    }

    private static ModelIndex entry(String name, String version, String state, String reason) {
        return ModelIndex.newBuilder()
                .setName(name)
                .setVersion(version)
                .setState(state)
                .setReason(reason)
                .build();
    }

    @Test
    void areAllThatThereAre() {
        refused(
                () ->
                        client.call(
                                "Forecast",
                                ServerLiveRequest.getDefaultInstance(),
                                ServerLiveResponse.getDefaultInstance()),
                Status.Code.UNIMPLEMENTED,
                "Method not found: inference.GRPCInferenceService/Forecast");
    }
}
