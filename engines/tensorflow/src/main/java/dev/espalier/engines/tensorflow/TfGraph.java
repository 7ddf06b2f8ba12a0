package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A `TF_Graph`: where the tensors of a signature are looked up.
final class TfGraph implements AutoCloseable {
    private final TfApi api;
    private final long address;

    TfGraph(TfApi api) {
        this.api = api;
        this.address = api.call(TfFunction.NEW_GRAPH);
    }

    long address() {
        return address;
    }

    /// Looks a tensor up.
    ///
    /// @param kind `input` or `output`, for messages
    /// @param name what clients call it
    /// @param declared what the model's configuration says of its kind; gives the shape where neither
    ///     signature nor graph does
    TfTensor tensor(String kind, String name, TensorPlace place, List<TensorSpec> declared)
            throws EngineException {
        String subject = kind + " '" + name + "'";
        String node = place.tensor().node();
        int index = place.tensor().index();
        long operation;
        try (Arena arena = Arena.ofConfined()) {
            operation =
                    api.call(
                            TfFunction.OPERATION_BY_NAME,
                            address,
                            arena.allocateFrom(node).address());
        }
        if (operation == 0) {
            throw new EngineException("%s: the graph has no node '%s'".formatted(subject, node));
        }
        int outputs = (int) api.call(TfFunction.OPERATION_NUM_OUTPUTS, operation);
        if (index >= outputs) {
            throw new EngineException(
                    "%s: node '%s' has %d outputs, and no number %d"
                            .formatted(subject, node, outputs, index));
        }
        int type = (int) api.call(TfFunction.OPERATION_OUTPUT_TYPE, operation, index);
        DataType dataType = ElementType.of(type, subject);
        List<Long> dimensions = place.dimensions();
        if (dimensions == null) {
            dimensions = dimensions(subject, operation, index);
        }
        if (dimensions == null) {
            dimensions = declared(name, declared);
        }
        return new TfTensor(name, dataType, dimensions, operation, index);
    }

    private static List<Long> declared(String name, List<TensorSpec> declared) {
        return declared.stream()
                .filter(spec -> spec.name().equals(name))
                .map(TensorSpec::dimensions)
                .findFirst()
                .orElse(List.of());
    }

    /// What the graph says, or null where it says nothing.
    private @Nullable List<Long> dimensions(String subject, long operation, int index)
            throws EngineException {
        try (Arena arena = Arena.ofConfined();
                Status status = new Status(api)) {
            int rank =
                    (int)
                            api.call(
                                    TfFunction.TENSOR_NUM_DIMS,
                                    address,
                                    operation,
                                    index,
                                    status.address());
            status.check("asking for the shape of " + subject);
            if (rank < 0) {
                return null;
            }
            MemorySegment sizes = arena.allocate(JAVA_LONG, Math.max(1, rank));
            long _ =
                    api.call(
                            TfFunction.TENSOR_SHAPE,
                            address,
                            operation,
                            index,
                            sizes.address(),
                            rank,
                            status.address());
            status.check("asking for the shape of " + subject);
            List<Long> dimensions = new ArrayList<>();
            for (int axis = 0; axis < rank; axis++) {
                dimensions.add(sizes.getAtIndex(JAVA_LONG, axis));
            }
            return dimensions;
        }
    }

    @Override
    public void close() {
        long _ = api.call(TfFunction.DELETE_GRAPH, address);
    }
}
