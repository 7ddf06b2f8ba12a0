package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.util.List;

/// The result of one request: views over the worker's OUT memory, valid until it is released.
public interface InferenceResult {
    String modelName();

    /// The version that answered, as a decimal number.
    String modelVersion();

    /// The request's own id; empty for none.
    String id();

    /// The outputs that the request asked for, in the order of the model's configuration: as the model gave them,
    /// also where the request wants their highest values ([#ranked]).
    List<Output> outputs();

    /// How much work [#ranked] is, as [dev.espalier.server.work.WorkPool] counts; 0 where it is none.
    default long rankingWork() {
        return 0;
    }

    /// The result with the highest values of those outputs of which the request wants them (protocol extension
    /// "classification"). May be called on any thread, once. This result is released, not that one.
    ///
    /// @param heap counts what it takes, until the release
    /// @throws ServingException INVALID_ARGUMENT where values have no order or are too many, OVERLOADED where there
    ///     is no room
    default InferenceResult ranked(BudgetShare heap) throws ServingException {
        return this;
    }

    /// Gives the memory back. May be called on any thread, once.
    void release();

    /// One output.
    ///
    /// @param shape its shape, batch dimension included
    /// @param data its bytes: a read-only direct view, position 0, in the binary format; none where its client has them
    /// @param delivered whether its client has the bytes already, in a region of its own
    record Output(
            String name, DataType datatype, long[] shape, ByteBuffer data, boolean delivered) {
        /// An output whose bytes are here.
        public Output(String name, DataType datatype, long[] shape, ByteBuffer data) {
            this(name, datatype, shape, data, false);
        }
    }
}
