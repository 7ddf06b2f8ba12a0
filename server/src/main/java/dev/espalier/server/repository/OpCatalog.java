package dev.espalier.server.repository;

import dev.espalier.server.failure.ServingException;
import java.util.List;

/// The op libraries in service, as the protocols see them. Safe for use by several threads.
public interface OpCatalog {
    /// The libraries that models in service use, by name and hash.
    List<OpLibraryUse> opLibraries();

    /// The libraries that one model uses.
    ///
    /// @throws ServingException NOT_FOUND where there is no such model
    List<OpLibraryUse> opLibraries(String model) throws ServingException;
}
