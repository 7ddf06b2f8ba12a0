package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceRequest;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.regions.RegionRange;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request that has been read: what is handed to the inference service, the values that stood in the
/// JSON, and the form of the answer.
final class InferPlan {
    /// The most bytes that [#begin] writes.
    static final int LONGEST_BEGIN = Integer.BYTES;

    private final InferHeader header;
    private final @Nullable ByteBuffer[] values;
    private final BudgetShare heap;
    private @Nullable InferenceRequest request;

    private InferPlan(InferHeader header, @Nullable ByteBuffer[] values, BudgetShare heap) {
        this.header = header;
        this.values = values;
        this.heap = heap;
    }

    /// @param behind how many bytes follow the JSON; -1 where that is not known yet
    /// @param regions those that the request's tensors may lie in
    /// @param heap counts the values in the JSON, until [#close]
    static InferPlan of(
            InferHeader header,
            Route route,
            long behind,
            long maxInputSize,
            ClientRegions regions,
            BudgetShare heap)
            throws ServingException {
        InferPlan plan =
                new InferPlan(
                        header.withoutText(),
                        new @Nullable ByteBuffer[header.inputs().size()],
                        heap);
        boolean read = false;
        try {
            plan.read(header, route, behind, maxInputSize, regions);
            read = true;
        } finally {
            if (!read) {
                plan.close();
            }
        }
        return plan;
    }

    private void read(
            InferHeader header, Route route, long behind, long maxInputSize, ClientRegions regions)
            throws ServingException {
        if (behind >= 0) {
            checkSizes(header, route.model(), behind);
        }
        int count = header.inputs().size();
        List<InferenceRequest.Input> inputs = new ArrayList<>(count);
        long total = 0;
        for (int i = 0; i < count; i++) {
            InferHeader.Input input = header.inputs().get(i);
            RegionRange source = range(input.region(), regions);
            ByteBuffer value = input.array() < 0 ? null : values(header, input, heap);
            values[i] = value;
            long size = value == null ? input.binarySize() : value.remaining();
            if (source == null) {
                total = sum(total, size, maxInputSize);
            } else {
                // Which is no part of the body.
                size = source.byteSize();
            }
            inputs.add(
                    new InferenceRequest.Input(
                            input.name(), input.datatype(), input.shape(), size, source));
        }
        List<InferenceRequest.RequestedOutput> outputs = new ArrayList<>(header.outputs().size());
        for (InferHeader.Output output : header.outputs()) {
            outputs.add(
                    new InferenceRequest.RequestedOutput(
                            output.name(),
                            output.classification(),
                            range(output.region(), regions)));
        }
        request =
                new InferenceRequest(
                        route.model(),
                        route.version(),
                        header.id(),
                        inputs,
                        outputs,
                        header.priority(),
                        header.timeoutMicros());
    }

    private static long sum(long total, long size, long maxInputSize) throws ServingException {
        if (size > maxInputSize || total + size > maxInputSize) {
            throw InferBody.tooLarge(
                    Long.toString(size > maxInputSize ? size : total + size), maxInputSize);
        }
        return total + size;
    }

    private static @Nullable RegionRange range(
            InferHeader.@Nullable Region region, ClientRegions regions) throws ServingException {
        return region == null
                ? null
                : regions.range(region.name(), region.offset(), region.byteSize());
    }

    private static ByteBuffer values(InferHeader header, InferHeader.Input input, BudgetShare heap)
            throws ServingException {
        DataType type = DataType.ofName(input.datatype()).orElse(null);
        if (type == null) {
            throw invalid("invalid datatype for input " + input.name());
        }
        if (type == DataType.FP16 || type == DataType.BF16) {
            throw invalid(
                    "receiving %s data via JSON is not supported. Please use the binary data format for input %s"
                            .formatted(type, input.name()));
        }
        long count;
        try {
            count = Shape.elementCount(input.shape());
        } catch (ArithmeticException _) {
            throw invalid(
                    "shape %s of input '%s' causes total element count to exceed maximum size of %d"
                            .formatted(Shape.text(input.shape()), input.name(), Long.MAX_VALUE));
        }
        if (count == 0 || input.shape().length == 0) {
            // Nobody looks for values where none belong; a shape without dimensions is refused for
            // itself.
            return ByteBuffer.allocate(0);
        }
        return JsonValues.read(
                header.text(),
                header.arrays().start(input.array()),
                header.arrays().end(input.array()),
                input.name(),
                type,
                count,
                heap);
    }

    InferenceRequest request() {
        InferenceRequest read = request;
        if (read == null) {
            throw new IllegalStateException("the request has not been read");
        }
        return read;
    }

    /// How many bytes of values stood in the JSON.
    long valueBytes() {
        long bytes = 0;
        for (ByteBuffer value : values) {
            bytes += value == null ? 0 : value.remaining();
        }
        return bytes;
    }

    /// Whether the output of this name is answered in binary form; of a name that is listed twice the
    /// first entry counts.
    boolean isBinary(String name) {
        if (header.outputs().isEmpty()) {
            return header.binaryOutputs();
        }
        for (InferHeader.Output output : header.outputs()) {
            if (output.name().equals(name)) {
                return output.binary();
            }
        }
        return false;
    }

    /// Compares what the JSON announces with what follows it.
    private static void checkSizes(InferHeader header, String model, long behind)
            throws ServingException {
        long rest = behind;
        for (InferHeader.Input input : header.inputs()) {
            long size = Math.max(0, input.binarySize());
            if (size > rest) {
                throw missing(input.name(), size - rest, model);
            }
            rest -= size;
        }
        if (rest > 0) {
            throw surplus(model);
        }
    }

    /// Checks that the body ended where its last input does: the input at `current` was the last one
    /// begun and lacks `missing` bytes.
    void checkFilled(int current, long missing) throws ServingException {
        if (missing > 0) {
            throw missing(name(current), missing, request().modelName());
        }
        for (int i = nextBinary(current); i >= 0; i = nextBinary(i)) {
            if (size(i) > 0) {
                throw missing(name(i), size(i), request().modelName());
            }
        }
    }

    /// Where the values that stood in the JSON belong, which is the memory of the inputs of `inference`.
    @Nullable ByteBuffer[] places(Inference inference) throws ServingException {
        @Nullable ByteBuffer[] places = new @Nullable ByteBuffer[values.length];
        for (int i = 0; i < values.length; i++) {
            places[i] = values[i] == null ? null : inference.input(i);
        }
        return places;
    }

    /// Puts the values to their places. May be called on any thread.
    void fill(Inference inference, @Nullable ByteBuffer[] places) throws ServingException {
        for (int i = 0; i < values.length; i++) {
            ByteBuffer value = values[i];
            ByteBuffer place = places[i];
            if (value != null && place != null) {
                inference.reserve(i, place.remaining());
                place.put(value);
            }
        }
    }

    /// Forgets the values.
    void close() {
        for (int i = 0; i < values.length; i++) {
            ByteBuffer value = values[i];
            if (value != null) {
                heap.give(JsonValues.counted(value));
                values[i] = null;
            }
        }
    }

    /// The next input after `index` whose bytes follow the JSON, or -1.
    int nextBinary(int index) {
        List<InferHeader.Input> inputs = header.inputs();
        for (int i = index + 1; i < inputs.size(); i++) {
            if (inputs.get(i).follows()) {
                return i;
            }
        }
        return -1;
    }

    /// Writes what stands before the client's bytes: a raw request sends a string without its length.
    void begin(ByteBuffer target) {
        if (header.rawString()) {
            target.order(ByteOrder.LITTLE_ENDIAN).putInt(target.remaining() - Integer.BYTES);
        }
    }

    private long size(int index) {
        return header.inputs().get(index).binarySize();
    }

    private String name(int index) {
        return header.inputs().get(index).name();
    }

    ServingException surplus() {
        return surplus(request().modelName());
    }

    private static ServingException surplus(String model) {
        return invalid("unexpected additional input data for model '%s'".formatted(model));
    }

    private static ServingException missing(String input, long bytes, String model) {
        return invalid(
                "unexpected size for input '%s', expecting %d additional bytes for model '%s'"
                        .formatted(input, bytes, model));
    }

    private static ServingException invalid(String message) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
