package dev.espalier.server.inference;

import dev.espalier.server.regions.RegionRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The header of an inference request: everything but the tensors' bytes.
///
/// @param modelName the model's name as the client gave it
/// @param modelVersion the version as the client gave it; empty for the highest that is ready
/// @param id the client's id of the request; empty for none
/// @param inputs the inputs, in the order in which their bytes follow
/// @param outputs the outputs asked for, in any order, one named twice counting once; empty for all
/// @param priority the request's priority level; 0 for the model's default
/// @param timeoutMicros the request's own limit of the time in the queue, in microseconds; 0 for the
///     model's default
public record InferenceRequest(
        String modelName,
        String modelVersion,
        String id,
        List<Input> inputs,
        List<RequestedOutput> outputs,
        long priority,
        long timeoutMicros) {

    /// One input as the client described it; nothing is validated yet.
    ///
    /// @param byteSize how many bytes of it follow: what the client announced (binary data) or what
    ///     its values take up in the binary format (values in the header)
    /// @param source where in a region of its client's its bytes lie, which nobody else is to fill in; null where they
    ///     follow
    public record Input(
            String name,
            String datatype,
            long[] shape,
            long byteSize,
            @Nullable RegionRange source) {
        /// An input whose bytes follow.
        public Input(String name, String datatype, long[] shape, long byteSize) {
            this(name, datatype, shape, byteSize, null);
        }
    }

    /// One output that the client asked for.
    ///
    /// @param classificationCount how many of the top classes to return as strings; 0 for the tensor
    /// @param target where in a region of its client's it is wanted; null where it is part of the answer
    public record RequestedOutput(
            String name, int classificationCount, @Nullable RegionRange target) {
        /// An output that is part of the answer.
        public RequestedOutput(String name, int classificationCount) {
            this(name, classificationCount, null);
        }
    }

    /// Where in regions of its client's the request has tensors, inputs first.
    List<RegionRange> ranges() {
        List<RegionRange> ranges = new ArrayList<>(0);
        for (Input input : inputs) {
            if (input.source() != null) {
                ranges.add(input.source());
            }
        }
        for (RequestedOutput output : outputs) {
            if (output.target() != null) {
                ranges.add(output.target());
            }
        }
        return ranges;
    }
}
