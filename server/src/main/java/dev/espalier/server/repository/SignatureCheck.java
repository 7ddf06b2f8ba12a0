package dev.espalier.server.repository;

import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestFrame;
import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelInput;
import dev.espalier.protocol.ModelOutput;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Holds a configuration against what the engine says of the loaded model, with the texts that users of
/// Triton know.
final class SignatureCheck {
    private final ModelConfig config;

    private SignatureCheck(ModelConfig config) {
        this.config = config;
    }

    /// @throws ServingException when the model has not what the configuration says
    static void check(ModelConfig config, Signature signature) throws ServingException {
        new SignatureCheck(config).check(signature);
    }

    private void check(Signature signature) throws ServingException {
        int most = signature.maxBatchSize();
        if (most > 0 && config.getMaxBatchSize() > most) {
            throw invalid(
                    "unexpected configuration maximum batch size %d for '%s', the model takes at most %d"
                            .formatted(config.getMaxBatchSize(), config.getName(), most));
        }
        long required = config.getInputList().stream().filter(i -> !i.getOptional()).count();
        if (required != signature.inputs().size()) {
            throw invalid(
                    "unable to load model '%s', configuration expects %d inputs, model provides %d"
                            .formatted(config.getName(), required, signature.inputs().size()));
        }
        for (ModelInput input : config.getInputList()) {
            TensorSpec spec = find(input.getName(), signature.inputs(), "input");
            checkType("input", input.getDataTypeValue(), spec);
            checkShape(
                    spec,
                    input.getDimsList(),
                    input.hasReshape() ? input.getReshape().getShapeList() : input.getDimsList(),
                    false);
        }
        for (ModelOutput output : config.getOutputList()) {
            TensorSpec spec = find(output.getName(), signature.outputs(), "output");
            checkType("output", output.getDataTypeValue(), spec);
            checkShape(
                    spec,
                    output.getDimsList(),
                    output.hasReshape() ? output.getReshape().getShapeList() : output.getDimsList(),
                    true);
        }
        checkFrame();
    }

    /// A worker is told of an execution by a frame of a fixed size.
    private void checkFrame() throws ServingException {
        int batch = config.getMaxBatchSize() > 0 ? 1 : 0;
        int dimensions = 0;
        for (ModelInput input : config.getInputList()) {
            dimensions +=
                    batch
                            + (input.hasReshape()
                                    ? input.getReshape().getShapeCount()
                                    : input.getDimsCount());
        }
        int inputs = config.getInputCount();
        int outputs = config.getOutputCount();
        int requests =
                config.hasDynamicBatching()
                        ? Math.min(config.getMaxBatchSize(), LinkLayout.MAX_MEMBERS)
                        : 0;
        if (!RequestFrame.fits(inputs, outputs, dimensions, requests)) {
            throw invalid(
                    "unable to load model '%s': %d inputs with %d dimensions, %d outputs and batches of %d requests are more than an execution can have"
                            .formatted(config.getName(), inputs, dimensions, outputs, requests));
        }
    }

    private TensorSpec find(String name, List<TensorSpec> specs, String kind)
            throws ServingException {
        for (TensorSpec spec : specs) {
            if (spec.name().equals(name)) {
                return spec;
            }
        }
        throw invalid(
                "unexpected inference %s '%s', allowed %ss are: %s"
                        .formatted(
                                kind,
                                name,
                                kind,
                                specs.stream()
                                        .map(TensorSpec::name)
                                        .collect(Collectors.joining(", "))));
    }

    private void checkType(String kind, int given, TensorSpec spec) throws ServingException {
        if (spec.type().code() != given) {
            throw invalid(
                    "unable to load model '%s', configuration expects datatype %s for %s '%s', model provides %s"
                            .formatted(
                                    config.getName(),
                                    DataType.ofCode(given)
                                            .map(DataType::configName)
                                            .orElse("TYPE_INVALID"),
                                    kind,
                                    spec.name(),
                                    spec.type().configName()));
        }
    }

    /// @param dims what clients give
    /// @param shape what the model gets, without the batch
    /// @param exact whether a fixed size may not stand where the model's varies
    private void checkShape(TensorSpec spec, List<Long> dims, List<Long> shape, boolean exact)
            throws ServingException {
        List<Long> expected = spec.dimensions();
        boolean batches = config.getMaxBatchSize() > 0;
        if (!batches && expected.isEmpty()) {
            checkScalar(spec, dims);
            return;
        }
        if (batches && (expected.isEmpty() || expected.getFirst() != -1)) {
            throw invalid(
                    "model '%s', tensor '%s': for the model to support batching the shape should have at least 1 dimension and the first dimension must be -1; but shape expected by the model is %s"
                            .formatted(config.getName(), spec.name(), text(expected)));
        }
        List<Long> complete = new ArrayList<>(shape);
        if (batches) {
            complete.addFirst(-1L);
        }
        if (!fits(expected, complete, exact)) {
            throw invalid(
                    "model '%s', tensor '%s': the model expects %d dimensions (shape %s) but the model configuration specifies %d dimensions %s"
                            .formatted(
                                    config.getName(),
                                    spec.name(),
                                    expected.size(),
                                    text(expected),
                                    complete.size(),
                                    batches
                                            ? "(an initial batch dimension because max_batch_size > 0 followed by the explicit tensor shape, making complete shape %s)"
                                                    .formatted(text(complete))
                                            : "(shape %s)".formatted(text(complete))));
        }
    }

    private void checkScalar(TensorSpec spec, List<Long> dims) throws ServingException {
        if (!dims.equals(List.of(1L))) {
            throw invalid(
                    "unable to load model '%s', scalar tensor '%s', should only provide 1 in the model configuration when the model doesn't support batching. Model configuration provided: %s."
                            .formatted(config.getName(), spec.name(), text(dims)));
        }
    }

    private static boolean fits(List<Long> expected, List<Long> given, boolean exact) {
        if (expected.size() != given.size()) {
            return false;
        }
        for (int axis = 0; axis < expected.size(); axis++) {
            boolean equal = expected.get(axis).equals(given.get(axis));
            if (!equal && (exact || expected.get(axis) != -1)) {
                return false;
            }
        }
        return true;
    }

    private static String text(List<Long> dims) {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    private static ServingException invalid(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
    }
}
