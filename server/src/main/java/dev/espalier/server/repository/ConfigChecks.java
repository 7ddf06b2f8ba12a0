package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelDynamicBatching;
import dev.espalier.protocol.ModelInput;
import dev.espalier.protocol.ModelInstanceGroup;
import dev.espalier.protocol.ModelOutput;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.Device;
import dev.espalier.tensor.DataType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks a configuration for itself, with the texts that users of Triton know.
final class ConfigChecks {
    private ConfigChecks() {}

    /// What must hold of the text as it is written, for any engine.
    static void checkWritten(ModelConfig config) throws ServingException {
        String name = config.getName();
        if (config.getMaxBatchSize() < 0) {
            throw invalid(
                    "'max_batch_size' must be non-negative value for %s, got %d"
                            .formatted(name, config.getMaxBatchSize()));
        }
        for (int size : config.getDynamicBatching().getPreferredBatchSizeList()) {
            if (size <= 0 || size > config.getMaxBatchSize()) {
                throw invalid(
                        size <= 0
                                ? "dynamic batching preferred size must be positive for %s, got %d"
                                        .formatted(name, size)
                                : "dynamic batching preferred size must be <= max batch size for %s, got %d"
                                        .formatted(name, size));
            }
        }
        checkPriorities(name, config.getDynamicBatching());
    }

    private static void checkPriorities(String name, ModelDynamicBatching batching)
            throws ServingException {
        long levels = batching.getPriorityLevels();
        if (levels == 0) {
            return;
        }
        if (levels != 1 && batching.getPreserveOrdering()) {
            throw invalid(
                    "Only one priority level is allowed when 'preserve_ordering' is true for "
                            + name);
        }
        if (isNoLevel(batching.getDefaultPriorityLevel(), levels)) {
            throw invalid(
                    "default priority level must be in range [1, %s] for %s"
                            .formatted(Long.toUnsignedString(levels), name));
        }
        for (long level : batching.getPriorityQueuePolicyMap().keySet()) {
            if (isNoLevel(level, levels)) {
                throw invalid(
                        "priority queue policy must have priority level in range [1, %s] for %s"
                                .formatted(Long.toUnsignedString(levels), name));
            }
        }
    }

    private static boolean isNoLevel(long level, long levels) {
        return level == 0 || Long.compareUnsigned(level, levels) > 0;
    }

    /// What the engine's device must be able to do.
    static void checkDevice(ModelConfig config, Backend backend) throws ServingException {
        for (int i = 0; i < config.getInstanceGroupCount(); i++) {
            checkGroup(config, i, backend);
        }
    }

    private static void checkGroup(ModelConfig config, int index, Backend backend)
            throws ServingException {
        Device device = backend.device();
        ModelInstanceGroup group = config.getInstanceGroup(index);
        if (group.getCount() < 0) {
            throw invalid(
                    "instance group %d of %s has count %d (expected: at least 1, or none for 1)"
                            .formatted(index, config.getName(), group.getCount()));
        }
        ModelInstanceGroup.Kind other =
                switch (device) {
                    case CPU -> ModelInstanceGroup.Kind.KIND_GPU;
                    case GPU -> ModelInstanceGroup.Kind.KIND_CPU;
                };
        if (group.getKind() == other) {
            throw invalid(
                    "instance group %d of %s has kind %s (expected: KIND_%s or KIND_AUTO; the engine %s runs on the %s)"
                            .formatted(
                                    index,
                                    config.getName(),
                                    other,
                                    device,
                                    backend.name(),
                                    device.title()));
        }
        if (device == Device.CPU && group.getGpusCount() > 0) {
            throw invalid(
                    "instance group %s of model %s has kind KIND_CPU but specifies one or more GPUs"
                            .formatted(
                                    group.getName().isEmpty()
                                            ? config.getName() + "_" + index
                                            : group.getName(),
                                    config.getName()));
        }
        if (group.getGpusList().stream().anyMatch(gpu -> gpu != 0)) {
            throw unsupported(config.getName(), "instances on another GPU than the first");
        }
        if (!group.getProfileList().equals(config.getInstanceGroup(0).getProfileList())) {
            throw unsupported(config.getName(), "instance groups with different profiles");
        }
    }

    /// What must hold when everything has been filled in.
    static void checkComplete(ModelConfig config) throws ServingException {
        Set<String> names = new HashSet<>();
        for (ModelInput input : config.getInputList()) {
            if (input.getFormat() != ModelInput.Format.FORMAT_NONE && input.getDimsCount() != 3) {
                throw invalid("model input NHWC/NCHW require 3 dims for " + config.getName());
            }
            checkTensor(
                    new Described(
                            "input",
                            input.getName(),
                            input.getDataTypeValue(),
                            input.getDimsList(),
                            input.hasReshape(),
                            input.getReshape().getShapeList()),
                    names,
                    config.getName());
        }
        names.clear();
        for (ModelOutput output : config.getOutputList()) {
            checkTensor(
                    new Described(
                            "output",
                            output.getName(),
                            output.getDataTypeValue(),
                            output.getDimsList(),
                            output.hasReshape(),
                            output.getReshape().getShapeList()),
                    names,
                    config.getName());
        }
    }

    /// What inputs and outputs have in common.
    private record Described(
            String kind,
            String name,
            int dataType,
            List<Long> dims,
            boolean reshaped,
            List<Long> shape) {}

    private static void checkTensor(Described tensor, Set<String> names, String model)
            throws ServingException {
        if (tensor.name.isEmpty()) {
            throw invalid("model %s must specify 'name' for %s".formatted(tensor.kind, model));
        }
        String subject = "model %s '%s'".formatted(tensor.kind, tensor.name);
        if (!names.add(tensor.name)) {
            throw invalid("%s is specified twice for %s".formatted(subject, model));
        }
        if (DataType.ofCode(tensor.dataType).isEmpty()) {
            throw invalid("%s must specify 'data_type' for %s".formatted(subject, model));
        }
        if (tensor.dims.isEmpty()) {
            throw invalid("%s must specify 'dims' for %s".formatted(subject, model));
        }
        checkDims(subject + " dimension", tensor.dims, model);
        if (tensor.reshaped) {
            checkDims(subject + " reshape dimension", tensor.shape, model);
            if (fixedElements(tensor.dims) != fixedElements(tensor.shape)
                    || varying(tensor.dims) != varying(tensor.shape)) {
                throw invalid(
                        "%s has different size for dims and reshape for %s"
                                .formatted(subject, model));
            }
        }
    }

    private static void checkDims(String subject, List<Long> dims, String model)
            throws ServingException {
        for (long dim : dims) {
            if (dim < -1 || dim == 0) {
                throw invalid(
                        "%s must be integer >= 1, or -1 to indicate a variable-size dimension for %s"
                                .formatted(subject, model));
            }
        }
        try {
            long _ = fixedElements(dims);
        } catch (ArithmeticException _) {
            throw invalid("%ss exceed the largest size for %s: %s".formatted(subject, model, dims));
        }
    }

    private static long fixedElements(List<Long> dims) {
        long elements = 1;
        for (long dim : dims) {
            elements = dim < 0 ? elements : Math.multiplyExact(elements, dim);
        }
        return elements;
    }

    private static long varying(List<Long> dims) {
        return dims.stream().filter(dim -> dim < 0).count();
    }

    private static ServingException invalid(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
    }

    private static ServingException unsupported(String model, String what) {
        return new ServingException(
                ErrorCode.UNSUPPORTED,
                "%s has %s, which this server does not support yet".formatted(model, what));
    }
}
