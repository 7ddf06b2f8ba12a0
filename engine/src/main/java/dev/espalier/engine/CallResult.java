package dev.espalier.engine;

import dev.espalier.tensor.TensorSpec;
import java.util.List;

/// What a call has been answered with. Its memory can be read until it is closed or the request of the call has had its last
/// word.
public interface CallResult {
    /// One output.
    ///
    /// @param tensor its name, type and shape, batch dimension included
    /// @param address of its bytes, little-endian; BYTES as [Execution] has them; anything where `byteSize` is 0
    /// @param byteSize in bytes
    record Output(TensorSpec tensor, long address, long byteSize) {}

    List<Output> outputs();

    /// Gives the memory back. While the request is open, once.
    void close();
}
