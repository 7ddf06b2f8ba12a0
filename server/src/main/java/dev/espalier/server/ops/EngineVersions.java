package dev.espalier.server.ops;

import dev.espalier.server.failure.ServingException;
import java.util.List;

/// The engines that op libraries may be for, and the versions of them that are installed.
public interface EngineVersions {
    /// The names of the engines, installed or not.
    List<String> engines();

    /// The installed versions of an engine, the default first.
    List<EngineVersion> installed(String engine) throws ServingException;

    /// What looks into op libraries with an engine version; where that is not installed, as far as one can look
    /// into a library without opening it.
    LibraryInspector inspector(EngineVersion engine) throws ServingException;

    /// The version of an engine that models get that ask for none.
    default EngineVersion standard(String engine) throws ServingException {
        List<EngineVersion> versions = installed(engine);
        return versions.isEmpty() ? new EngineVersion(engine, "") : versions.getFirst();
    }
}
