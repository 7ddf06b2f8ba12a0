package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelDynamicBatching;
import dev.espalier.protocol.ModelInput;
import dev.espalier.protocol.ModelOutput;
import dev.espalier.protocol.ModelQueuePolicy;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ModelPlan;
import dev.espalier.server.scheduling.SchedulingPolicy;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Turns a model's configuration, and the signature that its engine reports, into what the hot path works
/// with.
final class PlanBuilder {
    private PlanBuilder() {}

    /// What the model takes and gives.
    ///
    /// @throws ServingException when the model has not what the configuration says
    static ModelPlan plan(ModelConfig config, Signature signature, Map<String, List<String>> labels)
            throws ServingException {
        SignatureCheck.check(config, signature);
        List<ModelPlan.Tensor> inputs = new ArrayList<>();
        for (ModelInput input : config.getInputList()) {
            inputs.add(
                    new ModelPlan.Tensor(
                            input.getName(),
                            DataType.ofCode(input.getDataTypeValue()).orElseThrow(),
                            array(input.getDimsList()),
                            array(
                                    input.hasReshape()
                                            ? input.getReshape().getShapeList()
                                            : input.getDimsList()),
                            index(input.getName(), signature.inputs()),
                            input.getOptional(),
                            List.of()));
        }
        List<ModelPlan.Tensor> outputs = new ArrayList<>();
        for (ModelOutput output : config.getOutputList()) {
            outputs.add(
                    new ModelPlan.Tensor(
                            output.getName(),
                            DataType.ofCode(output.getDataTypeValue()).orElseThrow(),
                            array(output.getDimsList()),
                            array(
                                    output.hasReshape()
                                            ? output.getReshape().getShapeList()
                                            : output.getDimsList()),
                            index(output.getName(), signature.outputs()),
                            false,
                            labels.getOrDefault(output.getName(), List.of())));
        }
        return new ModelPlan(
                config.getName(),
                config.getMaxBatchSize(),
                config.getModelTransactionPolicy().getDecoupled(),
                inputs,
                outputs);
    }

    private static int index(String name, List<TensorSpec> tensors) {
        return tensors.stream().map(TensorSpec::name).toList().indexOf(name);
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /// How the model's requests wait.
    static SchedulingPolicy policy(ModelConfig config) {
        ModelDynamicBatching batching = config.getDynamicBatching();
        ModelQueuePolicy queue = batching.getDefaultQueuePolicy();
        return new SchedulingPolicy(
                config.getMaxBatchSize(),
                config.hasDynamicBatching() && config.getMaxBatchSize() > 1,
                batching.getPreferredBatchSizeList(),
                batching.getMaxQueueDelayMicroseconds() * 1000,
                queue.getMaxQueueSize(),
                queue.getDefaultTimeoutMicroseconds(),
                queue.getAllowTimeoutOverride(),
                queue.getTimeoutAction() == ModelQueuePolicy.TimeoutAction.REJECT);
    }

    /// The engine's options.
    static Map<String, String> parameters(ModelConfig config) {
        Map<String, String> parameters = new TreeMap<>();
        config.getParametersMap()
                .forEach((name, value) -> parameters.put(name, value.getStringValue()));
        if (config.getOptimization().hasGraph()) {
            parameters.putIfAbsent(
                    "graph_optimization_level",
                    Integer.toString(config.getOptimization().getGraph().getLevel()));
        }
        if (config.getOptimization().getCuda().getGraphs()) {
            parameters.put("cuda_graphs", "true");
        }
        if (config.getInstanceGroupCount() > 0
                && config.getInstanceGroup(0).getProfileCount() > 0) {
            parameters.put(
                    "profile", String.join(",", config.getInstanceGroup(0).getProfileList()));
        }
        return parameters;
    }

    /// The inputs and outputs that the configuration names, in the shapes that the engine sees.
    static Signature declared(ModelConfig config) {
        boolean batches = config.getMaxBatchSize() > 0;
        List<TensorSpec> inputs = new ArrayList<>();
        for (ModelInput input : config.getInputList()) {
            inputs.add(
                    declared(
                            input.getName(),
                            input.getDataTypeValue(),
                            input.hasReshape()
                                    ? input.getReshape().getShapeList()
                                    : input.getDimsList(),
                            batches));
        }
        List<TensorSpec> outputs = new ArrayList<>();
        for (ModelOutput output : config.getOutputList()) {
            outputs.add(
                    declared(
                            output.getName(),
                            output.getDataTypeValue(),
                            output.hasReshape()
                                    ? output.getReshape().getShapeList()
                                    : output.getDimsList(),
                            batches));
        }
        return new Signature(inputs, outputs);
    }

    private static TensorSpec declared(String name, int type, List<Long> dims, boolean batches) {
        List<Long> dimensions = new ArrayList<>(dims);
        if (batches) {
            dimensions.addFirst(-1L);
        }
        return new TensorSpec(name, DataType.ofCode(type).orElseThrow(), dimensions);
    }

    /// What the configuration says to an engine apart from that.
    static ModelSettings settings(long version, ModelConfig config) {
        return new ModelSettings(
                version,
                config.getMaxBatchSize(),
                config.getModelTransactionPolicy().getDecoupled(),
                ConfigJson.of(config));
    }

    /// How many instances run side by side.
    static int instances(ModelConfig config) {
        int count = 0;
        for (var group : config.getInstanceGroupList()) {
            count += Math.max(1, group.getCount());
        }
        return Math.max(1, count);
    }
}
