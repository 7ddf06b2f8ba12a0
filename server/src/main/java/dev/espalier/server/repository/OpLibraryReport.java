package dev.espalier.server.repository;

import java.util.List;

/// What there is to say of op libraries.
///
/// @param libraries those that models in service use, by name and hash
/// @param refused those that cannot be used, by their place
public record OpLibraryReport(List<OpLibraryUse> libraries, List<OpLibraryRefusal> refused) {
    public OpLibraryReport {
        libraries = List.copyOf(libraries);
        refused = List.copyOf(refused);
    }
}
