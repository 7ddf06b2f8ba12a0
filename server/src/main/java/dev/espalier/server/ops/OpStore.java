package dev.espalier.server.ops;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The private store of op libraries, by hash. Workers load from here, so that nothing a user does to
/// their file reaches a library that is loaded, and so that each build has a path of its own (a loader
/// that sees an old path again gives the old code).
///
/// Several servers may share a store: a file appears complete, by a rename. Safe for use by several threads.
public final class OpStore {
    /// A file that was written more recently may be written again without looking different.
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Path folder;

    /// What was kept of files that have not changed since: a shelf's are asked for by every model.
    private final Map<Path, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(Stamp stamp, OpLibrary library) {}

    /// What a file looks like from outside.
    private record Stamp(long size, FileTime modified, @Nullable Object key) {
        static @Nullable Stamp of(Path file) {
            try {
                BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(seen.size(), seen.lastModifiedTime(), seen.fileKey());
            } catch (IOException _) {
                return null;
            }
        }

        boolean settled() {
            return modified.toInstant().isBefore(Instant.now().minus(SETTLED));
        }
    }

    /// A store in the folder `folder`, which is made when the first library comes.
    public OpStore(Path folder) {
        this.folder = folder;
    }

    /// Takes a copy of the library at `source`, unless its content is there already.
    ///
    /// @throws ServingException when the file cannot be read or the copy not be written
    public OpLibrary keep(Path source) throws ServingException {
        Stamp before = Stamp.of(source);
        Kept known = kept.get(source);
        if (known != null && known.stamp.equals(before) && Files.exists(known.library.stored())) {
            return known.library;
        }
        OpLibrary library = copy(source);
        // A worker of root's is another user.
        boolean _ = library.stored().toFile().setReadable(true, false);
        if (before != null && before.settled() && before.equals(Stamp.of(source))) {
            kept.put(source, new Kept(before, library));
        }
        return library;
    }

    private OpLibrary copy(Path source) throws ServingException {
        String hash = hash(source);
        // The name stays: it is what messages of the loader and the engine say.
        Path stored = folder.resolve(hash).resolve(source.getFileName());
        return Files.exists(stored) ? new OpLibrary(hash, source, stored) : copied(source);
    }

    private static String hash(Path source) throws ServingException {
        try {
            return FileHash.of(source);
        } catch (NoSuchFileException _) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND, "op library " + source + " does not exist");
        } catch (AccessDeniedException _) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "op library " + source + " may not be read by the server's user");
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "op library " + source + " cannot be read: " + failure.getMessage(),
                    failure);
        }
    }

    /// What counts is what has been written: the file may be another one by now.
    private OpLibrary copied(Path source) throws ServingException {
        try {
            Files.createDirectories(folder);
            Path partial = Files.createTempFile(folder, "incoming", ".part");
            try {
                String hash = FileHash.copy(source, partial);
                Path stored = folder.resolve(hash).resolve(source.getFileName());
                Files.createDirectories(stored.getParent());
                Files.move(partial, stored, StandardCopyOption.ATOMIC_MOVE);
                return new OpLibrary(hash, source, stored);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "op library %s cannot be copied to %s (see --state-directory): %s"
                            .formatted(source, folder, failure.getMessage()),
                    failure);
        }
    }
}
