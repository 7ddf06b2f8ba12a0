package dev.espalier.server.repository;

import dev.espalier.server.failure.ServingException;
import java.util.List;

/// A configuration that can be understood, and with which no version can be served. As with Triton, the versions
/// are in the index then, with the reason; of one that cannot be understood only the model's name is.
final class VersionsRefused extends ServingException {
    private static final long serialVersionUID = 1;

    private final transient List<Long> versions;

    VersionsRefused(List<Long> versions, ServingException failure) {
        super(failure.code(), failure.text(), failure);
        this.versions = versions;
    }

    /// Those that would be served.
    List<Long> versions() {
        return versions;
    }
}
