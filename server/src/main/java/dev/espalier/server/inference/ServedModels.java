package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;

/// Finds the model that a request names.
public interface ServedModels {
    /// The version that is to answer.
    ///
    /// @param version a decimal number, or empty for the highest version that is ready
    /// @throws ServingException NOT_FOUND or UNAVAILABLE, with the texts that clients know
    ServedModel serving(String name, String version) throws ServingException;
}
