package dev.espalier.server.repository;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What files look like from outside. Cheap to take, and no longer equal once a file was added, removed,
/// written or exchanged; whether the content is another one is for a second look to say.
record FileStamps(Map<Path, Stamp> files) {
    /// What there is of a model that is gone.
    static final FileStamps NONE = new FileStamps(Map.of());

    /// How far is looked: links may make a folder of any size of a few.
    static final int DEEPEST = 64;

    static final int MOST = 200_000;

    /// One file or folder. A folder's own times say nothing that its entries do not.
    ///
    /// @param key the file's identity; a file renamed over another has its own
    record Stamp(long size, @Nullable FileTime modified, @Nullable Object key) {
        private static final Stamp FOLDER = new Stamp(-1, null, null);
    }

    FileStamps {
        files = Map.copyOf(files);
    }

    /// Looks at files, and at everything in folders. Links are followed: what counts is what a reader
    /// would get. What vanishes meanwhile is not there.
    static FileStamps of(Collection<Path> roots) {
        Map<Path, Stamp> files = new HashMap<>();
        for (Path root : roots) {
            try {
                Files.walkFileTree(
                        root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new Look(files));
            } catch (IOException _) {
                // A folder that cannot be listed to its end differs from itself when it can.
            }
        }
        return new FileStamps(files);
    }

    /// Files that are not the same in `other`, for messages.
    Set<Path> differences(FileStamps other) {
        Set<Path> different = new TreeSet<>(files.keySet());
        different.addAll(other.files.keySet());
        different.removeIf(file -> {
            Stamp stamp = files.get(file);
            return stamp != null && stamp.equals(other.files.get(file));
        });
        return different;
    }

    private static final class Look extends SimpleFileVisitor<Path> {
        private final Map<Path, Stamp> files;

        Look(Map<Path, Stamp> files) {
            this.files = files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            files.put(folder, Stamp.FOLDER);
            return files.size() > MOST ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (files.size() > MOST) {
                return FileVisitResult.TERMINATE;
            }
            files.put(
                    file,
                    new Stamp(
                            attributes.size(),
                            attributes.lastModifiedTime(),
                            attributes.fileKey()));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }
    }
}
