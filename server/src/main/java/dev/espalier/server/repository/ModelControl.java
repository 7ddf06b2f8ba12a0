package dev.espalier.server.repository;

import dev.espalier.server.failure.ServingException;

/// Loading and unloading of models on request. Every method waits until what was asked is done or has
/// failed: to be called on a virtual thread, never on an event loop.
public interface ModelControl {
    /// Loads a model, or loads it anew beside what serves under its name, and switches once the new one
    /// is ready.
    ///
    /// @throws ServingException UNAVAILABLE where models are not controlled by requests; INTERNAL where
    ///     the files are no model; INVALID_ARGUMENT where a version cannot be served. What served before
    ///     goes on.
    void load(String model, LoadOverrides overrides) throws ServingException, InterruptedException;

    /// Takes a model out of service, if there is one. Requests that have begun are finished later.
    ///
    /// @throws ServingException UNAVAILABLE where models are not controlled by requests
    void unload(String model) throws ServingException;
}
