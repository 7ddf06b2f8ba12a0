package dev.espalier.server.repository;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/// The model repositories: folders whose folders are models.
record RepositoryFolders(List<Path> repositories) {
    private static final Logger LOG = System.getLogger(RepositoryFolders.class.getName());

    RepositoryFolders {
        repositories = List.copyOf(repositories);
    }

    /// The names of the models that are there.
    ///
    /// @param complete false where a repository cannot be read, so that what is missing may yet be there
    record Listing(NavigableSet<String> names, boolean complete) {}

    Listing list() {
        NavigableSet<String> names = new TreeSet<>();
        boolean complete = true;
        for (Path repository : repositories) {
            try (var entries = Files.newDirectoryStream(repository)) {
                for (Path entry : entries) {
                    String name = entry.getFileName().toString();
                    if (isName(name) && Files.isDirectory(entry)) {
                        names.add(name);
                    }
                }
            } catch (IOException | DirectoryIteratorException failure) {
                complete = false;
                LOG.log(
                        Level.ERROR,
                        "model repository {0} cannot be read: {1}",
                        repository,
                        failure.getMessage());
            }
        }
        return new Listing(names, complete);
    }

    /// Where the model `name` is.
    ///
    /// @throws ServingException when it is nowhere, or in two places
    ModelPlace find(String name) throws ServingException {
        List<Path> found = candidates(name);
        if (found.size() == 1) {
            return new ModelPlace(name, found.getFirst(), "", false);
        }
        throw new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                found.isEmpty()
                        ? "model '%s' is in no repository (expected: a folder of that name in %s)"
                                .formatted(name, repositories)
                        : "model '%s' is in more than one repository: %s (expected: one)"
                                .formatted(name, found));
    }

    /// The folders of that name; more than one is one too many.
    List<Path> candidates(String name) {
        return isName(name)
                ? repositories.stream()
                        .map(repository -> repository.resolve(name))
                        .filter(Files::isDirectory)
                        .toList()
                : List.of();
    }

    /// Whether a model may be called so: a folder's name, of which those that begin with a dot are no
    /// models.
    static boolean isName(String name) {
        return !name.isEmpty()
                && !name.startsWith(".")
                && name.indexOf('/') < 0
                && name.indexOf('\0') < 0;
    }
}
