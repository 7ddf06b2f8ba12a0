package dev.espalier.server.inference;

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

    /// The outputs that the request asked for, in the order of the model's configuration.
    List<Output> outputs();

    /// Gives the memory back. May be called on any thread, once.
    void release();

    /// One output.
    ///
    /// @param shape its shape, batch dimension included
    /// @param data its bytes: a read-only direct view, position 0, in the binary format
    record Output(String name, DataType datatype, long[] shape, ByteBuffer data) {}
}
