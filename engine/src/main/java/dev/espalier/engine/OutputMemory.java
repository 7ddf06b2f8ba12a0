package dev.espalier.engine;

/// Where an execution's outputs go.
public interface OutputMemory {
    /// Reserves `byteSize` writable bytes, aligned to 64, and returns their address. They stay
    /// reserved until the execution's result has been consumed.
    ///
    /// @throws NoRoomException when there is no room now
    /// @throws EngineException when there never is so much
    long reserve(long byteSize) throws EngineException;
}
