package dev.espalier.server.grpc;

import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferRequest.InferInputTensor;
import dev.espalier.protocol.ModelInferRequest.InferRequestedOutputTensor;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceRequest;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.regions.RegionRange;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request message, translated.
final class InferPlan {
    private final ModelInferRequest message;
    private final InferenceRequest request;
    private final int[] given;

    private InferPlan(ModelInferRequest message, InferenceRequest request) {
        this.message = message;
        this.request = request;
        this.given = given(message);
    }

    /// Translates a message.
    ///
    /// @param rawSizes the sizes of its raw tensors
    /// @throws ServingException when it is no request; a client learns first that there is no such
    ///     model, whatever else is wrong
    static InferPlan of(
            ModelInferRequest message, long[] rawSizes, ModelCatalog catalog, ClientRegions regions)
            throws ServingException {
        String version = VersionText.checked(message.getModelVersion());
        try {
            return new InferPlan(message, translated(message, version, rawSizes, regions));
        } catch (ServingException failure) {
            catalog.ready(message.getModelName(), version);
            throw failure;
        }
    }

    private static InferenceRequest translated(
            ModelInferRequest message, String version, long[] rawSizes, ClientRegions regions)
            throws ServingException {
        InferParameters parameters = InferParameters.of(message.getParametersMap());
        List<InferenceRequest.Input> inputs = new ArrayList<>(message.getInputsCount());
        int next = 0;
        for (InferInputTensor input : message.getInputsList()) {
            RegionRange source = source(message, input, regions);
            inputs.add(
                    new InferenceRequest.Input(
                            input.getName(),
                            input.getDatatype(),
                            shape(input),
                            source == null
                                    ? size(message, input, next++, rawSizes)
                                    : source.byteSize(),
                            source));
        }
        return new InferenceRequest(
                message.getModelName(),
                version,
                message.getId(),
                inputs,
                outputs(message, regions),
                parameters.priority(),
                parameters.timeoutMicros());
    }

    private static @Nullable RegionRange source(
            ModelInferRequest message, InferInputTensor input, ClientRegions regions)
            throws ServingException {
        RegionRange source =
                RegionParameters.range(input.getParametersMap(), input.getName(), regions);
        if (source != null && input.hasContents()) {
            throw Failures.invalid(
                    "unexpected 'content' provided when using shared memory for input tensor '%s' for model '%s'"
                            .formatted(input.getName(), message.getModelName()));
        }
        return source;
    }

    private static long size(
            ModelInferRequest message, InferInputTensor input, int index, long[] rawSizes)
            throws ServingException {
        String model = message.getModelName();
        if (rawSizes.length > 0 && input.hasContents()) {
            throw Failures.invalid(
                    "contents field must not be specified when using raw_input_contents for '%s' for model '%s'"
                            .formatted(input.getName(), model));
        }
        if (index < rawSizes.length) {
            return rawSizes[index];
        }
        if (!input.hasContents()) {
            throw Failures.invalid(
                    "unable to find data for input tensor '%s' for model '%s' in request."
                            .formatted(input.getName(), model));
        }
        return TypedContents.size(input, model);
    }

    /// The inputs that are part of the message, raw or not, in its order; the others lie in shared memory.
    static int[] given(ModelInferRequest message) {
        int[] given = new int[message.getInputsCount()];
        int count = 0;
        for (int i = 0; i < given.length; i++) {
            if (!RegionParameters.isGiven(message.getInputs(i).getParametersMap())) {
                given[count++] = i;
            }
        }
        return count == given.length ? given : Arrays.copyOf(given, count);
    }

    /// What each of the `given` inputs takes up if the first one takes up `firstSize` bytes; empty where that does not
    /// follow from the shapes.
    static long[] expectedSizes(ModelInferRequest message, int[] given, int firstSize) {
        long[] sizes = new long[given.length];
        for (int i = 0; i < sizes.length; i++) {
            InferInputTensor input = message.getInputs(given[i]);
            DataType type = DataType.ofName(input.getDatatype()).orElse(null);
            if (i == 0) {
                sizes[i] = firstSize;
            } else if (type == DataType.BYTES) {
                return new long[0];
            } else {
                sizes[i] = type == null ? 0 : size(type, shape(input));
            }
        }
        return sizes;
    }

    private static long size(DataType type, long[] shape) {
        try {
            return Math.multiplyExact(Shape.elementCount(shape), type.elementSize());
        } catch (ArithmeticException | IllegalArgumentException _) {
            // No size fits such a shape; the request is going to be refused for it.
            return 0;
        }
    }

    private static long[] shape(InferInputTensor input) {
        long[] shape = new long[input.getShapeCount()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = input.getShape(i);
        }
        return shape;
    }

    private static List<InferenceRequest.RequestedOutput> outputs(
            ModelInferRequest message, ClientRegions regions) throws ServingException {
        List<InferenceRequest.RequestedOutput> outputs = new ArrayList<>(message.getOutputsCount());
        for (InferRequestedOutputTensor output : message.getOutputsList()) {
            RegionRange target =
                    RegionParameters.range(output.getParametersMap(), output.getName(), regions);
            int classes = InferParameters.classification(output.getParametersMap());
            if (target != null && classes > 0) {
                throw Failures.invalid(
                        "output can't set both 'shared_memory_region' and 'classification'");
            }
            outputs.add(new InferenceRequest.RequestedOutput(output.getName(), classes, target));
        }
        return outputs;
    }

    InferenceRequest request() {
        return request;
    }

    /// As [#given(ModelInferRequest)].
    int[] given() {
        return given;
    }

    /// Puts the values of a message without raw tensors into the inputs that are given, which lie at `places`. On any
    /// thread.
    void fillContents(Inference inference, List<ByteBuffer> places) throws ServingException {
        for (int i = 0; i < given.length; i++) {
            inference.reserve(given[i], places.get(i).remaining());
            TypedContents.write(message.getInputs(given[i]), places.get(i));
        }
    }
}
