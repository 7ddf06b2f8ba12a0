package dev.espalier.server.repository;

import dev.espalier.server.config.OpOptions;
import dev.espalier.server.config.RepositoryOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate.Located;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.LibraryFinder;
import dev.espalier.server.ops.OpChoice;
import dev.espalier.server.ops.OpLibraries;
import dev.espalier.server.ops.Refusal;
import dev.espalier.server.ops.Resolution;
import dev.espalier.server.ops.Shelf;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Chooses the engine version and the op libraries of models, by where the models are and what they need.
public final class ModelOps {
    private static final Logger LOG = System.getLogger(ModelOps.class.getName());

    private final RepositoryOptions repositories;
    private final OpOptions options;
    private final OpLibraries libraries;
    private final Map<Path, Shelf> shelves = new ConcurrentHashMap<>();

    public ModelOps(RepositoryOptions repositories, OpOptions options, OpLibraries libraries) {
        this.repositories = repositories;
        this.options = options;
        this.libraries = libraries;
    }

    /// Every place on which a model's files, op libraries included, depend.
    Set<Path> places(ModelPlace place) {
        Set<Path> places =
                new HashSet<>(
                        options.libraries().stream().map(OpOptions.ServerLibrary::place).toList());
        places.add(place.folder());
        places.add(shelf(place));
        return places;
    }

    /// Libraries at any of `places` that cannot be used, as far as models have asked for them.
    List<OpLibraryRefusal> refused(Set<Path> places) {
        return libraries.refused().stream()
                .filter(library -> places.stream().anyMatch(library.located().file()::startsWith))
                .map(library ->
                        new OpLibraryRefusal(
                                library.label(),
                                library.located().file().toString(),
                                library.reason()))
                .toList();
    }

    /// The shelf of the repository that a model is in; an uploaded model is of the first.
    private Path shelf(ModelPlace place) {
        Path repository = place.folder().getParent();
        return options.shelf(
                repository != null && repositories.folders().contains(repository)
                        ? repository
                        : repositories.folders().getFirst());
    }

    /// Where the op libraries of a version may be.
    LibraryFinder.Site site(ModelPlace place, ModelFolder folder, long version)
            throws ServingException {
        return new LibraryFinder.Site(
                place.folder(),
                folder.versionFolder(version),
                folder.code(version),
                shelves.computeIfAbsent(shelf(place), Shelf::new),
                options.libraries(folder.engine()));
    }

    /// What became of each op that a version needs.
    Resolution resolve(LibraryFinder.Site site, ModelFolder folder, OpNeeds needs)
            throws ServingException, InterruptedException {
        return new EngineVersionChoice(libraries, folder).resolve(site, needs);
    }

    /// The engine version and the libraries that a version runs with.
    ///
    /// @throws ServingException when it cannot be served with what there is; the message says why
    OpChoice choose(ModelPlace place, ModelFolder folder, long version, OpNeeds needs)
            throws ServingException, InterruptedException {
        LibraryFinder.Site site = site(place, folder, version);
        if (place.uploaded() && !repositories.opUpload()) {
            refuseUploads(site, folder);
        }
        Resolution resolution = resolve(site, folder, needs);
        Optional<String> refusal = new Refusal(site, resolution).text();
        if (refusal.isPresent()) {
            throw new ServingException(ErrorCode.UNAVAILABLE, refusal.get());
        }
        if (needs.engineVersion().isEmpty()) {
            tellWhichEngine(place.name(), version, folder, resolution.engine());
        }
        tellWhatIsHidden(place.name(), version, resolution);
        return resolution.choice();
    }

    private static void refuseUploads(LibraryFinder.Site site, ModelFolder folder)
            throws ServingException {
        for (Located located : new LibraryFinder(site).find(folder.namedOpLibraries())) {
            if (located.file().startsWith(site.model())) {
                throw new ServingException(
                        ErrorCode.INVALID_ARGUMENT,
                        "op library %s came with the request, and --allow-op-upload=false forbids that (expected: op libraries in the model repository)"
                                .formatted(located.file().getFileName()));
            }
        }
    }

    private void tellWhichEngine(
            String model, long version, ModelFolder folder, EngineVersion engine)
            throws ServingException {
        if (folder.engineVersion().isEmpty()
                && !engine.equals(libraries.engines().standard(folder.engine()))) {
            LOG.log(
                    Level.INFO,
                    "model ''{0}'' version {1,number,#}: runs with {2}, for which its op libraries"
                            + " were built",
                    model,
                    version,
                    engine);
        }
    }

    private static void tellWhatIsHidden(String model, long version, Resolution resolution) {
        for (Resolution.Need need : resolution.needs()) {
            if (need instanceof Resolution.Met met && !met.shadowed().isEmpty()) {
                LOG.log(
                        Level.INFO,
                        "model ''{0}'' version {1,number,#}: op {2} is taken from {3}, which is"
                                + " nearer than {4}",
                        model,
                        version,
                        met.op(),
                        met.by().library().label(),
                        met.shadowed().stream()
                                .map(library -> library.library().label())
                                .collect(Collectors.joining(", ")));
            }
        }
    }
}
