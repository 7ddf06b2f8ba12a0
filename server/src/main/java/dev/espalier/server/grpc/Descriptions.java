package dev.espalier.server.grpc;

import dev.espalier.protocol.InferBatchStatistics;
import dev.espalier.protocol.InferStatistics;
import dev.espalier.protocol.ModelMetadataResponse;
import dev.espalier.protocol.ModelStatistics;
import dev.espalier.protocol.ModelStatisticsResponse;
import dev.espalier.protocol.RepositoryIndexResponse;
import dev.espalier.protocol.ServerMetadataResponse;
import dev.espalier.protocol.StatisticDuration;
import dev.espalier.server.health.ServerInfo;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.server.repository.ModelMetadata;
import dev.espalier.server.repository.ModelState;
import java.util.List;

/// The messages in which server and models are described.
final class Descriptions {
    private Descriptions() {}

    static ServerMetadataResponse server(ServerInfo info) {
        return ServerMetadataResponse.newBuilder()
                .setName(info.name())
                .setVersion(info.version())
                .addAllExtensions(info.extensions())
                .build();
    }

    static ModelMetadataResponse model(ModelMetadata model) {
        ModelMetadataResponse.Builder response =
                ModelMetadataResponse.newBuilder()
                        .setName(model.name())
                        .addAllVersions(model.versions())
                        .setPlatform(model.platform());
        model.inputs().forEach(input -> response.addInputs(tensor(input)));
        model.outputs().forEach(output -> response.addOutputs(tensor(output)));
        return response.build();
    }

    private static ModelMetadataResponse.TensorMetadata tensor(ModelMetadata.Tensor tensor) {
        return ModelMetadataResponse.TensorMetadata.newBuilder()
                .setName(tensor.name())
                .setDatatype(tensor.datatype().name())
                .addAllShape(tensor.shape())
                .build();
    }

    static RepositoryIndexResponse index(List<ModelCatalog.IndexEntry> entries, boolean onlyReady) {
        RepositoryIndexResponse.Builder response = RepositoryIndexResponse.newBuilder();
        for (ModelCatalog.IndexEntry entry : entries) {
            if (onlyReady && entry.state() != ModelState.READY) {
                continue;
            }
            RepositoryIndexResponse.ModelIndex.Builder model =
                    response.addModelsBuilder()
                            .setName(entry.name())
                            .setVersion(entry.version())
                            .setReason(entry.reason());
            if (entry.hasState()) {
                model.setState(entry.state().name());
            }
        }
        return response.build();
    }

    static ModelStatisticsResponse statistics(List<StatisticsSnapshot> models) {
        ModelStatisticsResponse.Builder response = ModelStatisticsResponse.newBuilder();
        models.forEach(model -> response.addModelStats(statistics(model)));
        return response.build();
    }

    private static ModelStatistics statistics(StatisticsSnapshot model) {
        ModelStatistics.Builder statistics =
                ModelStatistics.newBuilder()
                        .setName(model.modelName())
                        .setVersion(model.modelVersion())
                        .setLastInference(model.lastInferenceMillis())
                        .setInferenceCount(model.inferenceCount())
                        .setExecutionCount(model.executionCount())
                        .setInferenceStats(
                                InferStatistics.newBuilder()
                                        .setSuccess(sum(model.success()))
                                        .setFail(sum(model.fail()))
                                        .setQueue(sum(model.queue()))
                                        .setComputeInput(sum(model.computeInput()))
                                        .setComputeInfer(sum(model.computeInfer()))
                                        .setComputeOutput(sum(model.computeOutput()))
                                        .setCacheHit(sum(StatisticsSnapshot.Sum.ZERO))
                                        .setCacheMiss(sum(StatisticsSnapshot.Sum.ZERO)));
        for (StatisticsSnapshot.Batch batch : model.batches()) {
            statistics.addBatchStats(
                    InferBatchStatistics.newBuilder()
                            .setBatchSize(batch.batchSize())
                            .setComputeInput(sum(batch.computeInput()))
                            .setComputeInfer(sum(batch.computeInfer()))
                            .setComputeOutput(sum(batch.computeOutput())));
        }
        return statistics.build();
    }

    private static StatisticDuration sum(StatisticsSnapshot.Sum sum) {
        return StatisticDuration.newBuilder().setCount(sum.count()).setNs(sum.nanos()).build();
    }
}
