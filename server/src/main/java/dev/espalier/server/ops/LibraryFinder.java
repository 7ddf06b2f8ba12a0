package dev.espalier.server.ops;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.ops.Candidate.Located;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Finds the files that could be op libraries of a model version, at all places:
///
/// 1. the version's own files that are op libraries themselves, and `ops/` in the version's folder;
/// 2. `ops/` in the model's folder, and what `model_operations` names, beside the model or in the shelf;
/// 3. the shelf;
/// 4. what the server was started with.
///
/// Names in configurations never lead out of the model's folder and the shelf, neither by `..` nor by
/// links: whoever may send a configuration may not thereby run the machine's other files.
public final class LibraryFinder {
    /// The folder with a model's or a version's libraries.
    public static final String FOLDER = "ops";

    private final Site site;

    /// Where a model version is.
    ///
    /// @param own the version's files that are op libraries themselves: it runs with them in any case
    /// @param server libraries, and folders of libraries, that all models may use
    public record Site(Path model, Path version, List<Path> own, Shelf shelf, List<Path> server) {
        public Site {
            own = List.copyOf(own);
            server = List.copyOf(server);
        }

        Path versionLibraries() {
            return version.resolve(FOLDER);
        }

        Path modelLibraries() {
            return model.resolve(FOLDER);
        }

        /// Where is looked, nearest first.
        public List<Path> places() {
            List<Path> places = new ArrayList<>(own);
            places.add(versionLibraries());
            places.add(modelLibraries());
            places.add(shelf.folder());
            places.addAll(server);
            return places;
        }
    }

    public LibraryFinder(Site site) {
        this.site = site;
    }

    /// The libraries, nearest first. A file has one place, the nearest; being named counts wherever it is.
    ///
    /// @param named the names in `model_operations`
    /// @throws ServingException when there is none of such a name, or a folder cannot be read
    public List<Located> find(List<String> named) throws ServingException {
        List<Path> chosen = new ArrayList<>();
        for (String name : named) {
            chosen.addAll(named(name));
        }
        List<Located> found = new ArrayList<>();
        add(found, Distance.VERSION, site.own, site.own);
        add(found, Distance.VERSION, librariesIn(site.versionLibraries()), chosen);
        add(found, Distance.MODEL, librariesIn(site.modelLibraries()), chosen);
        add(found, Distance.MODEL, chosen, chosen);
        add(found, Distance.SHELF, site.shelf.libraries(), chosen);
        for (Path place : site.server) {
            add(
                    found,
                    Distance.SERVER,
                    Files.isDirectory(place) ? librariesIn(place) : List.of(place),
                    chosen);
        }
        return found;
    }

    /// A library that nobody has found but the user.
    ///
    /// @param shelf where libraries may lie that models share
    public static Located at(Path file, Shelf shelf) {
        Path folder = file.getParent();
        return new Located(
                Distance.SERVER,
                false,
                file,
                folder != null && (folder.endsWith(FOLDER) || file.startsWith(shelf.folder())));
    }

    private void add(List<Located> found, Distance distance, List<Path> files, List<Path> chosen) {
        for (Path file : files) {
            if (found.stream().noneMatch(known -> known.file().equals(file))) {
                found.add(
                        new Located(distance, chosen.contains(file), file, isAmongLibraries(file)));
            }
        }
    }

    /// Whether a file lies in a folder that is for op libraries and for what they need.
    private boolean isAmongLibraries(Path file) {
        Path folder = file.getParent();
        return site.versionLibraries().equals(folder)
                || site.modelLibraries().equals(folder)
                || file.startsWith(site.shelf.folder());
    }

    private List<Path> named(String name) throws ServingException {
        try {
            for (Path base :
                    List.of(
                            site.version,
                            site.model,
                            site.versionLibraries(),
                            site.modelLibraries())) {
                Path file = base.resolve(name).normalize();
                if (file.startsWith(site.model.normalize()) && Files.isRegularFile(file)) {
                    return List.of(checked(name, file));
                }
            }
            List<Path> files = new ArrayList<>();
            for (Path file : site.shelf.named(name)) {
                files.add(checked(name, file));
            }
            if (!files.isEmpty()) {
                return files;
            }
        } catch (InvalidPathException failure) {
            throw invalid("'%s' is no path: %s".formatted(name, failure.getMessage()));
        }
        if (leadsOut(name)) {
            throw invalid(
                    "'%s' leads out of the model's folder %s (expected: a file inside it, or a library of the shelf %s)"
                            .formatted(name, site.model, site.shelf.folder()));
        }
        throw new ServingException(
                ErrorCode.UNAVAILABLE,
                "op library '%s' of model_operations is neither in %s nor in %s nor in the shelf %s"
                        .formatted(name, site.version, site.model, site.shelf.folder()));
    }

    private boolean leadsOut(String name) {
        return Stream.of(site.version, site.model)
                .anyMatch(
                        base -> !base.resolve(name).normalize().startsWith(site.model.normalize()));
    }

    /// Follows links, which must not lead out either.
    private Path checked(String name, Path file) throws ServingException {
        try {
            Path real = file.toRealPath();
            if (real.startsWith(site.model.toRealPath()) || site.shelf.holds(real)) {
                return file;
            }
            throw invalid(
                    "'%s' is a link that leads to %s, out of the model's folder %s (expected: a file inside it, or in the shelf %s)"
                            .formatted(name, real, site.model, site.shelf.folder()));
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "op library '%s' of model_operations cannot be read: %s"
                            .formatted(name, failure),
                    failure);
        }
    }

    private static ServingException invalid(String what) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT, "op_library_filename of model_operations: " + what);
    }

    /// The shared libraries in a folder, in the order of their names; none where there is no folder.
    static List<Path> librariesIn(Path folder) throws ServingException {
        List<Path> libraries = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return libraries;
        }
        try (var entries = Files.newDirectoryStream(folder, "*.so")) {
            entries.forEach(libraries::add);
        } catch (IOException | DirectoryIteratorException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "the op libraries in %s cannot be listed: %s"
                            .formatted(folder, failure.getMessage()),
                    failure);
        }
        libraries.sort(null);
        return libraries;
    }
}
