package dev.espalier.server.repository;

import dev.espalier.server.failure.ServingException;

/// The op libraries of the models, as the protocols see them. Safe for use by several threads.
public interface OpCatalog {
    /// The libraries of all models.
    OpLibraryReport opLibraries();

    /// The libraries that one model uses, and those at its places that cannot be used.
    ///
    /// @throws ServingException NOT_FOUND where there is no such model
    OpLibraryReport opLibraries(String model) throws ServingException;
}
