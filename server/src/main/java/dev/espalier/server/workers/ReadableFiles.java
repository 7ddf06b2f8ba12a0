package dev.espalier.server.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What a confined worker may read: some folders, the model repositories, and what links in the
/// repositories lead to, as far as a version's files lie deep (`<model>/<version>/<file>`).
record ReadableFiles(List<Path> folders, List<Path> repositories) {
    private static final int LEVELS = 4;

    /// The paths as they are now.
    List<Path> paths() {
        Set<Path> paths = new LinkedHashSet<>(folders);
        for (Path repository : repositories) {
            paths.add(repository);
            paths.addAll(linked(repository));
        }
        return new ArrayList<>(paths);
    }

    private static List<Path> linked(Path repository) {
        List<Path> targets = new ArrayList<>();
        try (Stream<Path> files =
                Files.find(repository, LEVELS, (_, what) -> what.isSymbolicLink())) {
            for (Path link : (Iterable<Path>) files::iterator) {
                if (Files.exists(link)) {
                    targets.add(link.toRealPath());
                }
            }
        } catch (IOException | UncheckedIOException failure) {
            System.getLogger(ReadableFiles.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "links in {0} are not followed for workers: {1}",
                            repository,
                            failure.getMessage());
        }
        return targets;
    }
}
