package dev.espalier.server.ops;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.files.FolderRemoval;
import dev.espalier.server.files.OpenToWorkers;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The private store of op libraries, by their identity. Workers load from here, so that nothing a user does to
/// their files reaches a library that is loaded, and so that each build has a path of its own (a loader that sees
/// an old path again gives the old code). What belongs to a library lies to it as it does where the user put it.
///
/// Several servers may share a store: a file appears complete, by a rename, and a library after its parts. Safe for
/// use by several threads.
public final class OpStore {
    /// A file that was written more recently may be written again without looking different.
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Path folder;
    private final LibraryReader reader;

    /// What was kept of files that have not changed since: a shelf's are asked for by every model.
    private final Map<Path, Kept> kept = new ConcurrentHashMap<>();

    /// @param stamps of the library, its parts, and the folders in which others could appear
    private record Kept(Map<Path, Stamp> stamps, OpLibrary library) {
        boolean isCurrent() {
            return stamps.entrySet().stream()
                            .allMatch(each -> each.getValue().equals(Stamp.of(each.getKey())))
                    && Files.exists(library.stored());
        }
    }

    /// What a file, or a folder, looks like from outside; one that is not there looks like nothing else.
    private record Stamp(long size, FileTime modified, @Nullable Object key) {
        private static final Stamp NONE = new Stamp(-1, FileTime.fromMillis(0), null);

        static Stamp of(Path file) {
            try {
                BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(seen.size(), seen.lastModifiedTime(), seen.fileKey());
            } catch (IOException _) {
                return NONE;
            }
        }

        boolean settled() {
            return modified.toInstant().isBefore(Instant.now().minus(SETTLED));
        }
    }

    /// A store in the folder `folder`, which is made when the first library comes.
    public OpStore(Path folder, LibraryReader reader) {
        this.folder = folder;
        this.reader = reader;
    }

    /// Takes a copy of the library at `source` and of what belongs to it, unless all that is there already.
    ///
    /// @param beside whether the files beside it belong to it
    /// @throws ServingException when a file cannot be read or a copy not be written
    public OpLibrary keep(Path source, boolean beside) throws ServingException {
        Kept known = kept.get(source);
        if (known != null && known.isCurrent()) {
            return known.library;
        }
        Neighbours neighbours = neighbours(source, beside);
        Map<Path, Stamp> before = stamps(source, neighbours);
        OpLibrary library = kept(source, neighbours);
        if (before.values().stream().allMatch(Stamp::settled)
                && before.equals(stamps(source, neighbours))) {
            kept.put(source, new Kept(before, library));
        }
        return library;
    }

    private Neighbours neighbours(Path source, boolean beside) throws ServingException {
        try {
            return Neighbours.of(source, beside, reader);
        } catch (IOException failure) {
            throw unreadable(source, failure);
        }
    }

    private static Map<Path, Stamp> stamps(Path source, Neighbours neighbours) {
        Map<Path, Stamp> stamps = new HashMap<>();
        stamps.put(source, Stamp.of(source));
        neighbours.parts().keySet().forEach(file -> stamps.put(file, Stamp.of(file)));
        neighbours.looked().forEach(file -> stamps.put(file, Stamp.of(file)));
        return stamps;
    }

    private OpLibrary kept(Path source, Neighbours neighbours) throws ServingException {
        Map<Path, String> hashes = new LinkedHashMap<>();
        try {
            for (Path file : files(source, neighbours)) {
                hashes.put(file, FileHash.of(file));
            }
        } catch (IOException failure) {
            throw unreadable(source, failure);
        }
        OpLibrary library = described(source, hashes, neighbours);
        return Files.exists(library.stored()) ? library : copied(source, neighbours);
    }

    /// What counts is what is copied: a file may be another one than a moment ago.
    private OpLibrary copied(Path source, Neighbours neighbours) throws ServingException {
        try {
            OpenToWorkers.privateFolder(folder);
            Path incoming = Files.createTempDirectory(folder, "incoming");
            try {
                Map<Path, String> hashes = new LinkedHashMap<>();
                Map<Path, Path> copies = new HashMap<>();
                for (Path file : files(source, neighbours)) {
                    Path copy = incoming.resolve(Integer.toString(copies.size()));
                    copies.put(file, copy);
                    hashes.put(file, FileHash.copy(file, Files.createFile(copy)));
                    OpenToWorkers.file(copy);
                }
                OpLibrary library = described(source, hashes, neighbours);
                // The library comes last: where it is, all is.
                for (OpLibrary.Part part : library.parts()) {
                    move(copies.get(part.source()), library.stored(part), library.root());
                }
                move(copies.get(absolute(source)), library.stored(), library.root());
                return library;
            } finally {
                FolderRemoval.remove(incoming);
            }
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "op library %s cannot be copied to %s (see --state-directory): %s"
                            .formatted(source, folder, failure.getMessage()),
                    failure);
        }
    }

    private static void move(@Nullable Path copy, Path target, Path root) throws IOException {
        OpenToWorkers.folders(root, Objects.requireNonNull(target.getParent()));
        Files.move(Objects.requireNonNull(copy), target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Path> files(Path source, Neighbours neighbours) {
        List<Path> files = new ArrayList<>();
        files.add(absolute(source));
        files.addAll(neighbours.parts().keySet());
        return files;
    }

    private static Path absolute(Path source) {
        return source.toAbsolutePath().normalize();
    }

    private OpLibrary described(Path source, Map<Path, String> hashes, Neighbours neighbours) {
        Path file = absolute(source);
        Path place = Objects.requireNonNull(file.getParent());
        List<OpLibrary.Part> parts = new ArrayList<>();
        Path base = place;
        for (Map.Entry<Path, Boolean> each : neighbours.parts().entrySet()) {
            Path part = each.getKey();
            while (!part.startsWith(base)) {
                base = Objects.requireNonNull(base.getParent());
            }
            parts.add(
                    new OpLibrary.Part(
                            place.relativize(part).toString(),
                            part,
                            hashes.getOrDefault(part, ""),
                            each.getValue()));
        }
        parts.sort(OpLibrary.Part.BY_NAME);
        String content = hashes.getOrDefault(file, "");
        String identity = parts.isEmpty() ? content : identity(file, content, parts);
        // The name stays: it is what messages of the loader and the engine say.
        Path root = folder.resolve(identity);
        return new OpLibrary(
                identity, content, source, root, root.resolve(base.relativize(file)), parts);
    }

    private static String identity(Path file, String content, List<OpLibrary.Part> parts) {
        StringBuilder text = new StringBuilder();
        text.append(content).append(' ').append(file.getFileName()).append('\0');
        parts.forEach(
                part -> text.append(part.sha256()).append(' ').append(part.name()).append('\0'));
        return FileHash.of(text.toString());
    }

    private static ServingException unreadable(Path source, IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ ->
                    new ServingException(
                            ErrorCode.NOT_FOUND,
                            "op library %s does not exist".formatted(failure.getMessage()));
            case AccessDeniedException _ ->
                    new ServingException(
                            ErrorCode.INVALID_ARGUMENT,
                            "op library %s may not be read by the server's user"
                                    .formatted(failure.getMessage()));
            default ->
                    new ServingException(
                            ErrorCode.INVALID_ARGUMENT,
                            "op library %s cannot be read: %s"
                                    .formatted(source, failure.getMessage()),
                            failure);
        };
    }
}
