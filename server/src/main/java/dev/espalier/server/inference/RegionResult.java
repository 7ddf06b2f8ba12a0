package dev.espalier.server.inference;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.regions.RegionRange;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A result of which some outputs go to regions of the client's.
final class RegionResult extends ForwardedResult {
    private static final ByteBuffer NOWHERE = ByteBuffer.allocateDirect(0).asReadOnlyBuffer();

    private final InferenceResult result;
    private final InferenceRequest request;

    private RegionResult(InferenceResult result, InferenceRequest request) {
        super(result);
        this.result = result;
        this.request = request;
    }

    static RegionResult of(InferenceResult result, InferenceRequest request) {
        return new RegionResult(result, request);
    }

    /// Where the client wants an output; null where it is part of the answer. Of a name that is listed twice the
    /// first entry counts.
    private @Nullable RegionRange target(Output output) {
        for (InferenceRequest.RequestedOutput requested : request.outputs()) {
            if (requested.name().equals(output.name())) {
                return requested.target();
            }
        }
        return null;
    }

    /// @throws ServingException INTERNAL where an output does not fit to its place
    void checkSizes() throws ServingException {
        for (Output output : result.outputs()) {
            RegionRange target = target(output);
            if (target != null && output.data().remaining() > target.byteSize()) {
                throw new ServingException(
                        ErrorCode.INTERNAL,
                        "shared memory size specified with the request for output '%s' (%d bytes) should be at least %d bytes to hold the results"
                                .formatted(
                                        output.name(),
                                        target.byteSize(),
                                        output.data().remaining()));
            }
        }
    }

    /// How many bytes [#write] has to write.
    long bytes() {
        long bytes = 0;
        for (Output output : result.outputs()) {
            bytes += target(output) == null ? 0 : output.data().remaining();
        }
        return bytes;
    }

    /// Writes the outputs to their places. Waits for the regions' files: not for a loop.
    ///
    /// @throws ServingException INTERNAL where the client has taken the memory away
    void write() throws ServingException {
        for (Output output : result.outputs()) {
            RegionRange target = target(output);
            if (target != null) {
                target.write(output.data().duplicate());
            }
        }
    }

    @Override
    public List<Output> outputs() {
        return result.outputs().stream().map(this::placed).toList();
    }

    private Output placed(Output output) {
        return target(output) == null
                ? output
                : new Output(
                        output.name(),
                        output.datatype(),
                        output.shape(),
                        NOWHERE.duplicate(),
                        true);
    }

    @Override
    public InferenceResult ranked(BudgetShare heap) throws ServingException {
        return new RegionResult(result.ranked(heap), request);
    }
}
