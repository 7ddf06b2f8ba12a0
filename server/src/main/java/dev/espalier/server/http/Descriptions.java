package dev.espalier.server.http;

import dev.espalier.server.health.ServerInfo;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.server.regions.RegionStatus;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.server.repository.ModelMetadata;
import dev.espalier.server.repository.ModelState;
import java.util.List;

/// The JSON in which server and models are described.
final class Descriptions {
    private Descriptions() {}

    static JsonBuffer server(ServerInfo info) {
        JsonBuffer json = new JsonBuffer();
        json.raw("{\"name\":").string(info.name());
        json.raw(",\"version\":").string(info.version());
        json.raw(",\"extensions\":");
        strings(json, info.extensions());
        return json.raw('}');
    }

    static JsonBuffer model(ModelMetadata model) {
        JsonBuffer json = new JsonBuffer();
        json.raw("{\"name\":").string(model.name());
        json.raw(",\"versions\":");
        strings(json, model.versions());
        json.raw(",\"platform\":").string(model.platform());
        json.raw(",\"inputs\":");
        tensors(json, model.inputs());
        json.raw(",\"outputs\":");
        tensors(json, model.outputs());
        return json.raw('}');
    }

    static JsonBuffer notes(List<ModelCatalog.ModelNotes> models) {
        JsonBuffer json = new JsonBuffer();
        json.raw("{\"models\":[");
        boolean first = true;
        for (ModelCatalog.ModelNotes model : models) {
            json.raw(first ? "" : ",");
            first = false;
            notes(json, model);
        }
        return json.raw("]}");
    }

    static JsonBuffer notes(ModelCatalog.ModelNotes model) {
        JsonBuffer json = new JsonBuffer();
        notes(json, model);
        return json;
    }

    private static void notes(JsonBuffer json, ModelCatalog.ModelNotes model) {
        json.raw("{\"name\":").string(model.name()).raw(",\"notes\":");
        strings(json, model.notes());
        json.raw('}');
    }

    private static void strings(JsonBuffer json, List<String> strings) {
        char before = '[';
        for (String string : strings) {
            json.raw(before).string(string);
            before = ',';
        }
        json.raw(strings.isEmpty() ? "[]" : "]");
    }

    private static void tensors(JsonBuffer json, List<ModelMetadata.Tensor> tensors) {
        char before = '[';
        for (ModelMetadata.Tensor tensor : tensors) {
            json.raw(before).raw("{\"name\":").string(tensor.name());
            json.raw(",\"datatype\":\"").raw(tensor.datatype().name()).raw("\",\"shape\":");
            json.numbers(tensor.shape().stream().mapToLong(Long::longValue).toArray()).raw('}');
            before = ',';
        }
        json.raw(tensors.isEmpty() ? "[]" : "]");
    }

    static JsonBuffer index(List<ModelCatalog.IndexEntry> entries, boolean onlyReady) {
        JsonBuffer json = new JsonBuffer();
        boolean first = true;
        json.raw('[');
        for (ModelCatalog.IndexEntry entry : entries) {
            if (onlyReady && entry.state() != ModelState.READY) {
                continue;
            }
            json.raw(first ? "{\"name\":" : ",{\"name\":").string(entry.name());
            first = false;
            if (!entry.version().isEmpty()) {
                json.raw(",\"version\":").string(entry.version());
            }
            if (entry.hasState()) {
                json.raw(",\"state\":\"").raw(entry.state().name()).raw('"');
            }
            if (!entry.reason().isEmpty()) {
                json.raw(",\"reason\":").string(entry.reason());
            }
            json.raw('}');
        }
        return json.raw(']');
    }

    static JsonBuffer regions(List<RegionStatus> regions) {
        JsonBuffer json = new JsonBuffer();
        char before = '[';
        for (RegionStatus region : regions) {
            json.raw(before).raw("{\"name\":").string(region.name());
            json.raw(",\"key\":").string(region.key());
            json.raw(",\"offset\":").number(region.offset());
            json.raw(",\"byte_size\":").number(region.byteSize()).raw('}');
            before = ',';
        }
        return json.raw(regions.isEmpty() ? "[]" : "]");
    }

    static JsonBuffer statistics(List<StatisticsSnapshot> models) {
        JsonBuffer json = new JsonBuffer();
        boolean first = true;
        json.raw("{\"model_stats\":[");
        for (StatisticsSnapshot model : models) {
            json.raw(first ? "" : ",");
            first = false;
            statistics(json, model);
        }
        return json.raw("]}");
    }

    private static void statistics(JsonBuffer json, StatisticsSnapshot model) {
        json.raw("{\"name\":").string(model.modelName());
        json.raw(",\"version\":").string(model.modelVersion());
        json.raw(",\"last_inference\":").number(model.lastInferenceMillis());
        json.raw(",\"inference_count\":").number(model.inferenceCount());
        json.raw(",\"execution_count\":").number(model.executionCount());
        json.raw(",\"inference_stats\":{");
        sum(json, "success", model.success()).raw(',');
        sum(json, "fail", model.fail()).raw(',');
        sum(json, "queue", model.queue()).raw(',');
        sum(json, "compute_input", model.computeInput()).raw(',');
        sum(json, "compute_infer", model.computeInfer()).raw(',');
        sum(json, "compute_output", model.computeOutput()).raw(',');
        sum(json, "cache_hit", StatisticsSnapshot.Sum.ZERO).raw(',');
        sum(json, "cache_miss", StatisticsSnapshot.Sum.ZERO);
        json.raw("},\"response_stats\":{},\"batch_stats\":[");
        boolean first = true;
        for (StatisticsSnapshot.Batch batch : model.batches()) {
            json.raw(first ? "{\"batch_size\":" : ",{\"batch_size\":").number(batch.batchSize());
            first = false;
            json.raw(',');
            sum(json, "compute_input", batch.computeInput()).raw(',');
            sum(json, "compute_infer", batch.computeInfer()).raw(',');
            sum(json, "compute_output", batch.computeOutput()).raw('}');
        }
        json.raw("],\"memory_usage\":[]}");
    }

    private static JsonBuffer sum(JsonBuffer json, String name, StatisticsSnapshot.Sum sum) {
        json.raw('"').raw(name).raw("\":{\"count\":").number(sum.count());
        return json.raw(",\"ns\":").number(sum.nanos()).raw('}');
    }
}
