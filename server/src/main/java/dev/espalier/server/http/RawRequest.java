package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.server.repository.ModelMetadata;
import dev.espalier.server.repository.ModelVersion;
import dev.espalier.tensor.DataType;
import java.util.List;

/// A request without JSON: the body is the one input, and the model's configuration says the rest.
final class RawRequest {
    private RawRequest() {}

    /// The header that such a request of `length` bytes stands for.
    static InferHeader header(ModelCatalog catalog, Route route, long length)
            throws ServingException {
        ModelVersion model = catalog.ready(route.model(), route.version());
        List<ModelMetadata.Tensor> inputs = model.metadata().inputs();
        if (inputs.size() != 1) {
            throw invalid(
                    "Raw request must only have 1 input (found 1) to be deduced but got %d inputs in '%s' model configuration"
                            .formatted(inputs.size(), model.modelName()));
        }
        ModelMetadata.Tensor input = inputs.getFirst();
        boolean batches = model.config().getMaxBatchSize() > 0;
        boolean string = input.datatype() == DataType.BYTES;
        long[] shape = shape(input, batches, length);
        if (string && count(shape) != 1) {
            throw invalid(
                    "For BYTE datatype raw input '%s', the model must have input shape [1]"
                            .formatted(input.name()));
        }
        InferHeader.Input described =
                new InferHeader.Input(
                        input.name(),
                        input.datatype().name(),
                        shape,
                        string ? length + Integer.BYTES : length,
                        -1);
        return new InferHeader(
                "",
                0,
                0,
                true,
                List.of(described),
                List.of(),
                string,
                new byte[0],
                DataArrays.none());
    }

    /// The model's shape, one row of it where it batches; a dimension that varies takes what is left.
    private static long[] shape(ModelMetadata.Tensor input, boolean batches, long length)
            throws ServingException {
        long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
        if (batches && shape.length > 0) {
            shape[0] = 1;
        }
        int varying = -1;
        long fixed = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] >= 0) {
                fixed *= shape[axis];
            } else if (varying < 0) {
                varying = axis;
            } else {
                throw invalid(
                        "The shape of the raw input '%s' can not be deduced because there are more than one variable-sized dimension"
                                .formatted(input.name()));
            }
        }
        if (varying >= 0) {
            long row = fixed * Math.max(1, input.datatype().elementSize());
            shape[varying] = input.datatype() == DataType.BYTES ? -1 : row <= 0 ? 0 : length / row;
        }
        return shape;
    }

    private static long count(long[] shape) {
        long count = 1;
        for (long dimension : shape) {
            count *= dimension;
        }
        return count;
    }

    private static ServingException invalid(String message) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT, "[request id: <id_unknown>] " + message);
    }
}
