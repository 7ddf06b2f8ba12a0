package dev.espalier.engine;

import java.util.List;

/// A call of another model, while it is written: reserve memory for each input, fill it, describe it, and send. A call is
/// sent or abandoned once; after that, nothing of it may be used.
///
/// Not safe for use by several threads at once.
public interface OutgoingCall extends OutputMemory {
    /// Adds an input.
    ///
    /// @param address of memory that this call has reserved; anything where `byteSize` is 0
    /// @param byteSize in bytes, of little-endian elements; BYTES as [Execution] has them
    /// @param shape batch dimension included, outermost first
    void input(String name, int typeCode, long address, long byteSize, long[] shape);

    /// Sends the call, and waits until it has been answered.
    ///
    /// @param version the version that is called, as a decimal number; empty for the newest that is ready
    /// @param outputs the outputs that are wanted; none for all
    /// @throws CallFailedException when it comes to nothing
    /// @throws EngineException when it cannot be told: it has more inputs than a call can describe, or longer names
    CallResult send(String model, String version, List<String> outputs)
            throws CallFailedException, EngineException, InterruptedException;

    /// Gives the call up, and its memory back.
    void abandon();
}
