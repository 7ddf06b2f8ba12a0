package dev.espalier.server.inference;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.scheduling.Placement;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks a request's header against its model, in the order and with the texts that Triton's clients
/// know, and says what the request needs of a worker.
final class RequestValidator {
    private static final String BATCH_NOTE =
            "NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be"
                    + " prepended to each input shape. If you want to specify the full shape including the"
                    + " batch dim in your input dims config, try setting max_batch_size to zero. See the"
                    + " model configuration docs for more info on max_batch_size.";

    private final InferenceRequest request;
    private final ModelPlan plan;
    private final ModelPlan.Tensor[] inputs;
    private final DataType[] types;
    private int rows = 1;

    private RequestValidator(InferenceRequest request, ModelPlan plan) {
        this.request = request;
        this.plan = plan;
        this.inputs = new ModelPlan.Tensor[request.inputs().size()];
        this.types = new DataType[inputs.length];
    }

    /// What the request needs, and where its inputs are.
    ///
    /// @param positions per input of the request, its position in the placement
    /// @param outputs the outputs to answer, in the model's order
    record Validated(Placement placement, int[] positions, List<ModelPlan.Tensor> outputs) {}

    /// @throws ServingException INVALID_ARGUMENT when the request does not fit
    static Validated validate(InferenceRequest request, ModelPlan plan) throws ServingException {
        RequestValidator validator = new RequestValidator(request, plan);
        List<ModelPlan.Tensor> outputs = validator.outputs();
        validator.checkInputs();
        validator.checkBatch();
        validator.checkShapes();
        return validator.validated(outputs);
    }

    private List<ModelPlan.Tensor> outputs() throws ServingException {
        if (request.outputs().isEmpty()) {
            return plan.outputs();
        }
        Set<String> asked = new HashSet<>();
        for (InferenceRequest.RequestedOutput requested : request.outputs()) {
            if (plan.output(requested.name()) == null) {
                throw invalid(
                        "unexpected inference output '%s' for model '%s'"
                                .formatted(requested.name(), plan.model()));
            }
            asked.add(requested.name());
        }
        List<ModelPlan.Tensor> outputs = new ArrayList<>(asked.size());
        for (ModelPlan.Tensor output : plan.outputs()) {
            if (asked.contains(output.name())) {
                outputs.add(output);
            }
        }
        return outputs;
    }

    private void checkInputs() throws ServingException {
        List<InferenceRequest.Input> given = request.inputs();
        checkNoneTwice(given);
        if (given.size() < plan.requiredInputs() || given.size() > plan.inputs().size()) {
            throw withId(wrongNumber(given));
        }
        for (int i = 0; i < inputs.length; i++) {
            InferenceRequest.Input input = given.get(i);
            ModelPlan.Tensor known = plan.input(input.name());
            if (known == null) {
                throw invalid(
                        "unexpected inference input '%s' for model '%s'"
                                .formatted(input.name(), plan.model()));
            }
            inputs[i] = known;
        }
        for (int i = 0; i < inputs.length; i++) {
            InferenceRequest.Input input = given.get(i);
            DataType type = DataType.ofName(input.datatype()).orElse(null);
            if (type != inputs[i].type()) {
                throw withId(
                        "inference input '%s' data-type is '%s', but model '%s' expects '%s'"
                                .formatted(
                                        input.name(),
                                        type == null ? "<invalid>" : input.datatype(),
                                        plan.model(),
                                        inputs[i].type()));
            }
            types[i] = type;
        }
    }

    private void checkNoneTwice(List<InferenceRequest.Input> given) throws ServingException {
        if (given.size() == 2 && given.get(0).name().equals(given.get(1).name())
                || given.size() > 2 && distinctNames(given) < given.size()) {
            Set<String> seen = new HashSet<>();
            for (InferenceRequest.Input input : given) {
                if (!seen.add(input.name())) {
                    throw withId("input '%s' already exists in request".formatted(input.name()));
                }
            }
        }
    }

    private static long distinctNames(List<InferenceRequest.Input> given) {
        Set<String> names = new HashSet<>();
        given.forEach(input -> names.add(input.name()));
        return names.size();
    }

    private String wrongNumber(List<InferenceRequest.Input> given) {
        List<String> got = new ArrayList<>();
        given.forEach(input -> got.add("'" + input.name() + "'"));
        List<String> missing = new ArrayList<>();
        for (ModelPlan.Tensor input : plan.inputs()) {
            if (!input.optional() && !got.contains("'" + input.name() + "'")) {
                missing.add("'" + input.name() + "'");
            }
        }
        String expected =
                plan.requiredInputs() == plan.inputs().size()
                        ? "expected %d inputs but got %d inputs for model '%s'."
                                .formatted(plan.inputs().size(), given.size(), plan.model())
                        : "expected number of inputs between %d and %d but got %d inputs for model '%s'."
                                .formatted(
                                        plan.requiredInputs(),
                                        plan.inputs().size(),
                                        given.size(),
                                        plan.model());
        return "%s Got input(s) [%s], but missing required input(s) [%s]. Please provide all required input(s)."
                .formatted(expected, String.join(",", got), String.join(",", missing));
    }

    private void checkBatch() throws ServingException {
        if (!plan.batches()) {
            return;
        }
        long batch = -1;
        for (InferenceRequest.Input input : request.inputs()) {
            if (input.shape().length == 0) {
                throw withId(
                        "input '%s' has no shape but model requires batch dimension for '%s'"
                                .formatted(input.name(), plan.model()));
            }
            if (batch < 0) {
                batch = input.shape()[0];
            } else if (batch != input.shape()[0]) {
                throw withId(
                        "input '%s' batch size does not match other inputs for '%s'"
                                .formatted(input.name(), plan.model()));
            }
        }
        if (batch > plan.maxBatchSize()) {
            throw withId(
                    "inference request batch-size must be <= %d for '%s'"
                            .formatted(plan.maxBatchSize(), plan.model()));
        }
        if (batch == 0) {
            throw withId(
                    "inference request batch-size must be >= 1 for '%s', got 0"
                            .formatted(plan.model()));
        }
        // A negative one is refused with the shapes.
        rows = (int) batch;
    }

    private void checkShapes() throws ServingException {
        int skip = plan.batches() ? 1 : 0;
        for (int i = 0; i < inputs.length; i++) {
            InferenceRequest.Input input = request.inputs().get(i);
            long[] shape = input.shape();
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw withId(
                            "All input dimensions should be specified for input '%s' for model '%s', got %s"
                                    .formatted(input.name(), plan.model(), Shape.text(shape)));
                }
            }
            long[] dims = inputs[i].dims();
            boolean fits = shape.length == dims.length + skip;
            for (int axis = 0; fits && axis < dims.length; axis++) {
                fits = dims[axis] == -1 || dims[axis] == shape[axis + skip];
            }
            if (!fits) {
                throw withId(
                        "unexpected shape for input '%s' for model '%s'. Expected %s, got %s. %s"
                                .formatted(
                                        input.name(),
                                        plan.model(),
                                        Shape.text(expected(dims)),
                                        Shape.text(shape),
                                        plan.batches() ? BATCH_NOTE : ""));
            }
            checkSize(input, types[i]);
        }
    }

    private long[] expected(long[] dims) {
        if (!plan.batches()) {
            return dims;
        }
        long[] withBatch = new long[dims.length + 1];
        withBatch[0] = -1;
        System.arraycopy(dims, 0, withBatch, 1, dims.length);
        return withBatch;
    }

    private void checkSize(InferenceRequest.Input input, DataType type) throws ServingException {
        long size = input.byteSize();
        long expected;
        try {
            long elements = Shape.elementCount(input.shape());
            // What strings take up is known only when they are there.
            expected = type.isFixedSize() ? Math.multiplyExact(elements, type.elementSize()) : size;
        } catch (ArithmeticException _) {
            throw withId(
                    "shape %s of input '%s' for model '%s' causes total element count to exceed maximum size of %d"
                            .formatted(
                                    Shape.text(input.shape()),
                                    input.name(),
                                    plan.model(),
                                    Long.MAX_VALUE));
        }
        if (size != expected) {
            throw withId(
                    "input byte size mismatch for input '%s' for model '%s'. Expected %d, got %d"
                            .formatted(input.name(), plan.model(), expected, size));
        }
        if (size > Integer.MAX_VALUE) {
            throw withId(
                    "input '%s' for model '%s' has %d bytes (expected: at most %d)"
                            .formatted(input.name(), plan.model(), size, Integer.MAX_VALUE));
        }
    }

    private Validated validated(List<ModelPlan.Tensor> outputs) {
        int count = inputs.length;
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        if (count > 1) {
            Arrays.sort(order, (a, b) -> inputs[a].engineIndex() - inputs[b].engineIndex());
        }
        int[] positions = new int[count];
        int[] indices = new int[count];
        DataType[] sortedTypes = new DataType[count];
        long[][] shapes = new long[count][];
        long[] sizes = new long[count];
        int skip = plan.batches() ? 1 : 0;
        for (int position = 0; position < count; position++) {
            int i = order[position];
            InferenceRequest.Input input = request.inputs().get(i);
            positions[i] = position;
            indices[position] = inputs[i].engineIndex();
            sortedTypes[position] = types[i];
            sizes[position] = input.byteSize();
            shapes[position] =
                    Reshaping.apply(input.shape(), skip, inputs[i].dims(), inputs[i].engineDims());
        }
        int[] wanted = new int[outputs.size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = outputs.get(i).engineIndex();
        }
        Arrays.sort(wanted);
        return new Validated(
                new Placement(rows, plan.batches(), indices, sortedTypes, shapes, sizes, wanted),
                positions,
                outputs);
    }

    private ServingException withId(String message) {
        return invalid(prefix(request.id()) + message);
    }

    /// How messages begin that concern one request.
    static String prefix(String id) {
        return "[request id: " + (id.isEmpty() ? "<id_unknown>" : id) + "] ";
    }

    private static ServingException invalid(String message) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
