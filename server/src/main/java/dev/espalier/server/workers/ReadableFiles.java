package dev.espalier.server.workers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a worker may read besides the system's files: what it is made of, and what was laid for it.
///
/// @param common files and folders that every worker needs
/// @param laid the folder with a worker's op libraries and models
record ReadableFiles(List<Path> common, List<Path> laid) {
    ReadableFiles {
        common = List.copyOf(common);
        laid = List.copyOf(laid);
    }

    /// The same with another folder laid.
    ReadableFiles with(Path files) {
        return new ReadableFiles(common, List.of(files));
    }

    /// The paths for a worker with this engine. Its program is a jar that finds others beside it, and a pack may
    /// name a library that lies elsewhere.
    List<Path> paths(EnginePack pack) {
        List<Path> paths = new ArrayList<>(common);
        paths.add(pack.folder());
        Optional.ofNullable(pack.library().getParent()).ifPresent(paths::add);
        Optional.ofNullable(pack.worker().classPath().getParent()).ifPresent(paths::add);
        paths.addAll(laid);
        return paths;
    }
}
