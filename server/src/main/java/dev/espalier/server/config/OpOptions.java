package dev.espalier.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where op libraries are, besides those in the models' folders, and which may be loaded.
///
/// @param shelf the folder of libraries that models share, absolute; null for one in each repository
/// @param libraries those of the server, which all models of an engine may use
/// @param allowFile the list of hashes that may be loaded; empty where everything may
/// @param libraryPath the folders of `LD_LIBRARY_PATH`, in its notation
/// @param preload what `LD_PRELOAD` named at the start, in its notation; empty for nothing
public record OpOptions(
        @Nullable Path shelf,
        List<ServerLibrary> libraries,
        String allowFile,
        String libraryPath,
        String preload) {
    private static final String REPOSITORY_SHELF = ".ops";

    public OpOptions {
        libraries = List.copyOf(libraries);
    }

    /// A library, or a folder of libraries, for all models of an engine.
    ///
    /// @param engine empty for every engine that can use it
    /// @param place absolute
    public record ServerLibrary(String engine, Path place) {}

    /// The same with more libraries of the server.
    public OpOptions with(List<ServerLibrary> more) {
        List<ServerLibrary> all = new ArrayList<>(libraries);
        all.addAll(more);
        return new OpOptions(shelf, all, allowFile, libraryPath, preload);
    }

    /// The shelf for the models of a repository.
    public Path shelf(Path repository) {
        return shelf == null ? repository.resolve(REPOSITORY_SHELF) : shelf;
    }

    /// The server's libraries for the models of an engine.
    public List<Path> libraries(String engine) {
        return libraries.stream()
                .filter(library -> library.engine().isEmpty() || library.engine().equals(engine))
                .map(ServerLibrary::place)
                .toList();
    }
}
