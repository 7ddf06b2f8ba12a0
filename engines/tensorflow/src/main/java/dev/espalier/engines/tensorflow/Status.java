package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;

/// A `TF_Status`: where functions put how they fared. For one thread.
final class Status implements AutoCloseable {
    private final TfApi api;
    private final long address;

    Status(TfApi api) {
        this.api = api;
        this.address = api.call(TfFunction.NEW_STATUS);
    }

    long address() {
        return address;
    }

    /// @param doing what was being done, for the message
    /// @throws EngineException when the last function that was given this status failed
    void check(String doing) throws EngineException {
        api.check(address, doing);
    }

    @Override
    public void close() {
        long _ = api.call(TfFunction.DELETE_STATUS, address);
    }
}
