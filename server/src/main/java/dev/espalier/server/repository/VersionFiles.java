package dev.espalier.server.repository;

import dev.espalier.server.files.FolderRemoval;
import dev.espalier.server.files.OpenToWorkers;
import dev.espalier.server.ops.LibraryFinder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A private copy of a version's files, op libraries excepted. Workers load from here, now and after a
/// crash: an engine maps a model's data into memory, and whoever writes to the user's file, or cuts it,
/// must not reach a process that runs.
final class VersionFiles implements AutoCloseable {
    private final Path source;
    private final Path copy;
    private int holders = 1;

    private VersionFiles(Path source, Path copy) {
        this.source = source;
        this.copy = copy;
    }

    /// Copies the files of the version's folder `source` to the new folder `copy`. Links are followed.
    static VersionFiles copy(Path source, Path copy) throws IOException {
        VersionFiles files = new VersionFiles(source, copy);
        try {
            OpenToWorkers.folders(copy, copy);
            for (var file : files(source).entrySet()) {
                Path target = copy.resolve(file.getKey());
                OpenToWorkers.folders(copy, Objects.requireNonNull(target.getParent()));
                Files.copy(file.getValue(), target);
                OpenToWorkers.file(target);
            }
            return files;
        } catch (IOException | UncheckedIOException failure) {
            files.close();
            throw failure instanceof UncheckedIOException unchecked
                    ? unchecked.getCause()
                    : (IOException) failure;
        }
    }

    /// The files that make a version, by their path inside its folder.
    private static SortedMap<String, Path> files(Path folder) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        Path libraries = folder.resolve(LibraryFinder.FOLDER);
        try (Stream<Path> entries =
                Files.walk(folder, FileStamps.DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
            int seen = 0;
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = folder.relativize(entry).toString();
                if (++seen > FileStamps.MOST
                        || folder.relativize(entry).getNameCount() == FileStamps.DEEPEST) {
                    throw new IOException(
                            "%s: it has more than %d files, or folders deeper than %d"
                                    .formatted(entry, FileStamps.MOST, FileStamps.DEEPEST));
                }
                if (!entry.startsWith(libraries) && Files.isRegularFile(entry)) {
                    files.put(name, entry);
                }
            }
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
        return files;
    }

    /// The folder with the copies.
    Path folder() {
        return copy;
    }

    /// The copy of a file of the version's folder.
    Path copyOf(Path file) {
        return copy.resolve(source.relativize(file));
    }

    /// A text of an engine, which knows the copies, in terms of the user's files.
    String inUsersTerms(String text) {
        return text.replace(copy.toString(), source.toString());
    }

    /// Whether the folder `other` is the one that was copied, and still has the same files with the same
    /// content.
    boolean isCopyOf(Path other) throws IOException {
        if (!other.equals(source)) {
            return false;
        }
        SortedMap<String, Path> now = files(other);
        SortedMap<String, Path> then = files(copy);
        if (!now.keySet().equals(then.keySet())) {
            return false;
        }
        for (String name : now.keySet()) {
            if (Files.mismatch(other.resolve(name), copy.resolve(name)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /// Keeps the copy until one more [#close].
    ///
    /// @return false when it is gone already
    synchronized boolean hold() {
        if (holders == 0) {
            return false;
        }
        holders++;
        return true;
    }

    /// One of those who need the copy needs it no longer; the last one takes it along.
    @Override
    public void close() {
        synchronized (this) {
            holders--;
            if (holders != 0) {
                return;
            }
        }
        FolderRemoval.remove(copy);
    }
}
