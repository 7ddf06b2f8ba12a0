package dev.espalier.server.ops;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A folder of op libraries that models share: files, folders `<name>/` with files, and folders
/// `<name>/<version>/`, of which the newest counts unless a model names another.
///
/// @param folder which need not exist
public record Shelf(Path folder) {
    /// Versions as people count: `1.10` is newer than `1.9`.
    private static final Comparator<String> VERSIONS = Shelf::compareVersions;

    /// What models may use without naming it.
    List<Path> libraries() throws ServingException {
        List<Path> libraries = new ArrayList<>(LibraryFinder.librariesIn(folder));
        for (Path entry : foldersIn(folder)) {
            libraries.addAll(ofNewest(entry));
        }
        return libraries;
    }

    /// What a model means by `name`: a file, `<name>` or `<name>/<version>`; none where there is nothing.
    List<Path> named(String name) throws ServingException {
        Path entry = folder.resolve(name).normalize();
        if (entry.equals(folder.normalize()) || !entry.startsWith(folder.normalize())) {
            return List.of();
        }
        if (Files.isRegularFile(entry)) {
            return List.of(entry);
        }
        return Files.isDirectory(entry) ? ofNewest(entry) : List.of();
    }

    /// Whether a file, all links followed, is in the shelf.
    boolean holds(Path real) throws IOException {
        return Files.isDirectory(folder) && real.startsWith(folder.toRealPath());
    }

    private static List<Path> ofNewest(Path entry) throws ServingException {
        List<Path> libraries = new ArrayList<>(LibraryFinder.librariesIn(entry));
        List<Path> versions = foldersIn(entry);
        if (!versions.isEmpty()) {
            libraries.addAll(LibraryFinder.librariesIn(versions.getLast()));
        }
        return libraries;
    }

    /// The folders in a folder, oldest first.
    private static List<Path> foldersIn(Path folder) throws ServingException {
        List<Path> folders = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return folders;
        }
        try (var entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(".")) {
                    folders.add(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "the shelf of op libraries %s cannot be listed: %s"
                            .formatted(folder, failure.getMessage()),
                    failure);
        }
        folders.sort(Comparator.comparing(entry -> entry.getFileName().toString(), VERSIONS));
        return folders;
    }

    static int compareVersions(String a, String b) {
        String[] left = a.split("[.-]", -1);
        String[] right = b.split("[.-]", -1);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order =
                    isNumber(left[i]) && isNumber(right[i])
                            ? Long.compare(Long.parseLong(left[i]), Long.parseLong(right[i]))
                            : left[i].compareTo(right[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }

    private static boolean isNumber(String text) {
        return text.matches("\\d{1,18}");
    }
}
