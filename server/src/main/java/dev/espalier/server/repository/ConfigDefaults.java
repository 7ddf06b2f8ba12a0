package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelInstanceGroup;
import dev.espalier.protocol.ModelInstanceGroup.Kind;
import dev.espalier.protocol.ModelOptimizationPolicy.PinnedMemoryBuffer;
import dev.espalier.protocol.ModelVersionPolicy;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.Device;

/// Writes out what a configuration means where it says nothing, so that whoever asks for it reads what
/// is in force.
final class ConfigDefaults {
    private ConfigDefaults() {}

    /// @param backend the model's engine
    static ModelConfig writtenOut(ModelConfig given, Backend backend) {
        ModelConfig.Builder config = given.toBuilder();
        if (!config.hasVersionPolicy()) {
            config.getVersionPolicyBuilder()
                    .setLatest(ModelVersionPolicy.Latest.newBuilder().setNumVersions(1));
        }
        if (config.hasDynamicBatching()
                && config.getMaxBatchSize() > 0
                && config.getDynamicBatching().getPreferredBatchSizeCount() == 0) {
            config.getDynamicBatchingBuilder().addPreferredBatchSize(config.getMaxBatchSize());
        }
        PinnedMemoryBuffer pinned = PinnedMemoryBuffer.newBuilder().setEnable(true).build();
        if (!config.getOptimization().hasInputPinnedMemory()) {
            config.getOptimizationBuilder().setInputPinnedMemory(pinned);
        }
        if (!config.getOptimization().hasOutputPinnedMemory()) {
            config.getOptimizationBuilder().setOutputPinnedMemory(pinned);
        }
        if (config.getInstanceGroupCount() == 0) {
            config.addInstanceGroupBuilder().setName(config.getName());
        }
        boolean onGpu = backend.device() == Device.GPU;
        int count = onGpu ? 1 : backend.keys().cpuInstances();
        for (int i = 0; i < config.getInstanceGroupCount(); i++) {
            ModelInstanceGroup.Builder group = config.getInstanceGroupBuilder(i);
            group.setKind(onGpu ? Kind.KIND_GPU : Kind.KIND_CPU);
            if (onGpu && group.getGpusCount() == 0) {
                group.addGpus(0);
            }
            group.setCount(group.getCount() == 0 ? count : group.getCount());
            if (group.getName().isEmpty()) {
                group.setName(config.getName() + "_" + i);
            }
        }
        return config.build();
    }
}
