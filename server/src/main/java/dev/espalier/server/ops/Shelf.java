package dev.espalier.server.ops;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A folder of op libraries that models share: files, folders `<name>/` with files, and folders
/// `<name>/<version>/`, of which the newest counts unless a model names another. It need not exist.
///
/// Every model asks what is there, so the answer is kept as long as the folders stay as they are. Safe for
/// use by several threads.
public final class Shelf {
    /// Versions as people count: `1.10` is newer than `1.9`.
    private static final Comparator<String> VERSIONS = Shelf::compareVersions;

    /// A folder that was changed more recently may change again without looking different.
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Path folder;
    private volatile Listing last = new Listing(Map.of(), List.of());

    /// What there was, and when the folders in which it was were changed.
    private record Listing(Map<Path, FileTime> folders, List<Path> libraries) {
        boolean isCurrent() {
            return !folders.isEmpty() && folders.equals(changes(folders.keySet()));
        }
    }

    public Shelf(Path folder) {
        this.folder = folder;
    }

    public Path folder() {
        return folder;
    }

    /// What models may use without naming it.
    List<Path> libraries() throws ServingException {
        Listing known = last;
        if (known.isCurrent()) {
            return known.libraries;
        }
        Instant now = Instant.now();
        Set<Path> looked = new HashSet<>(Set.of(folder));
        List<Path> libraries = new ArrayList<>(LibraryFinder.librariesIn(folder));
        for (Path entry : foldersIn(folder)) {
            looked.add(entry);
            libraries.addAll(LibraryFinder.librariesIn(entry));
            List<Path> versions = foldersIn(entry);
            if (!versions.isEmpty()) {
                looked.add(versions.getLast());
                libraries.addAll(LibraryFinder.librariesIn(versions.getLast()));
            }
        }
        Map<Path, FileTime> changes = changes(looked);
        if (changes.values().stream()
                .allMatch(time -> time.toInstant().isBefore(now.minus(SETTLED)))) {
            last = new Listing(changes, List.copyOf(libraries));
        }
        return libraries;
    }

    private static Map<Path, FileTime> changes(Set<Path> folders) {
        Map<Path, FileTime> changes = new HashMap<>();
        for (Path each : folders) {
            try {
                changes.put(each, Files.getLastModifiedTime(each));
            } catch (IOException _) {
                // Not there: so is what it is compared with, or they differ.
            }
        }
        return changes;
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
