package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfException;
import dev.espalier.server.ops.elf.ElfFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What belongs to an op library because the library finds it by its own place: other libraries by `$ORIGIN`, what
/// lies in `<name>.libs` as auditwheel has it, and, where a folder is for op libraries, the files beside it. An archive
/// finds others in a folder of one name.
///
/// Nothing of the system's is among them, nor an engine itself: every worker has those.
final class Neighbours {
    /// How many files may belong to a library.
    private static final int MOST = 500;

    /// How many folders up a neighbour may lie: `<package>.libs` lies beside the package's folder.
    private static final int HIGHEST = 2;

    private static final List<Path> SYSTEM =
            List.of(Path.of("/lib"), Path.of("/lib64"), Path.of("/usr/lib"), Path.of("/usr/lib64"));

    private final Path library;
    private final Path folder;
    private final LibraryReader reader;
    private final Map<Path, Boolean> parts = new LinkedHashMap<>();
    private final Set<Path> looked = new LinkedHashSet<>();

    /// A library whose needs are to be followed.
    ///
    /// @param inherited where those by which it is needed look for libraries (`DT_RPATH`)
    private record Visit(Path file, List<Path> inherited) {}

    private Neighbours(Path library, LibraryReader reader) {
        this.library = library.toAbsolutePath().normalize();
        this.folder = Objects.requireNonNull(this.library.getParent());
        this.reader = reader;
    }

    /// The neighbours of a library.
    ///
    /// @param beside whether the files beside it belong to it
    /// @throws IOException when they cannot be listed, or are too many
    static Neighbours of(Path library, boolean beside, LibraryReader reader) throws IOException {
        Neighbours neighbours = new Neighbours(library, reader);
        Optional<OpEngine> engine = reader.engines().ofArchive(library);
        if (engine.isPresent()) {
            neighbours.addArchives(engine.get().archive());
            return neighbours;
        }
        neighbours.follow();
        neighbours.addFolders(beside);
        if (beside) {
            neighbours.addFilesBeside();
        }
        return neighbours;
    }

    /// The files, and whether the library cannot be opened without them.
    Map<Path, Boolean> parts() {
        return new TreeMap<>(parts);
    }

    /// The folders in which others may appear.
    Set<Path> looked() {
        return looked;
    }

    private void addArchives(OpArchive archive) throws IOException {
        Path others = folder.resolve(archive.folder());
        looked.add(others);
        if (Files.isDirectory(others)) {
            for (Path file : entries(others, "*" + archive.suffix())) {
                add(file, true);
            }
        }
    }

    private void follow() throws IOException {
        Deque<Visit> waiting = new ArrayDeque<>();
        waiting.add(new Visit(library, List.of()));
        while (!waiting.isEmpty()) {
            Visit visit = waiting.remove();
            ElfFile file = read(visit.file);
            if (file == null) {
                continue;
            }
            List<Path> inherited = new ArrayList<>();
            if (file.runpath().isEmpty()) {
                inherited.addAll(byOrigin(file.rpath(), visit.file));
            }
            inherited.addAll(visit.inherited);
            List<Path> places =
                    file.runpath().isEmpty() ? inherited : byOrigin(file.runpath(), visit.file);
            looked.addAll(places);
            for (String name : file.needed()) {
                Path found = find(name, places);
                if (found != null && add(found, true)) {
                    waiting.add(new Visit(found, inherited));
                }
            }
        }
    }

    private static List<Path> byOrigin(List<String> places, Path file) {
        String origin = String.valueOf(file.getParent());
        List<Path> folders = new ArrayList<>();
        for (String place : places) {
            if (place.contains("$ORIGIN") || place.contains("${ORIGIN}")) {
                path(place.replace("${ORIGIN}", origin).replace("$ORIGIN", origin))
                        .ifPresent(found -> folders.add(found.normalize()));
            }
        }
        return folders;
    }

    private @Nullable Path find(String name, List<Path> places) {
        Optional<Path> asked = path(name);
        if (asked.isEmpty() || asked.get().getNameCount() != 1 || isEngines(name)) {
            return null;
        }
        for (Path place : places) {
            Path file = place.resolve(name).normalize();
            if (Files.isRegularFile(file) && isNear(file) && read(file) != null) {
                return file;
            }
        }
        return null;
    }

    /// Whether a library of that name is an engine's own, of which each worker has one.
    private boolean isEngines(String name) {
        return reader.engines().owner(name).isPresent();
    }

    private boolean isNear(Path file) {
        int up = 0;
        for (Path part : folder.relativize(file)) {
            up += part.toString().equals("..") ? 1 : 0;
        }
        return up <= HIGHEST && SYSTEM.stream().noneMatch(file::startsWith);
    }

    private @Nullable ElfFile read(Path file) {
        try {
            return reader.machine().runs(ElfFile.header(file)) ? ElfFile.linkage(file) : null;
        } catch (IOException | ElfException _) {
            return null;
        }
    }

    /// The folders of libraries that packagers put beside one: any where the folder is for op libraries, else
    /// that of the library's name.
    private void addFolders(boolean beside) throws IOException {
        String name = String.valueOf(library.getFileName()).replaceFirst("\\.so(\\..*)?$", "");
        List<Path> folders = new ArrayList<>();
        if (beside) {
            folders.addAll(entries(folder, "*.libs"));
        } else {
            folders.add(folder.resolve(name + ".libs"));
            folders.add(folder.resolve(name.replaceFirst("^lib", "") + ".libs"));
        }
        for (Path each : folders) {
            looked.add(each);
            if (Files.isDirectory(each)) {
                for (Path file : entries(each, "*")) {
                    addFile(file);
                }
            }
        }
    }

    private void addFilesBeside() throws IOException {
        looked.add(folder);
        for (Path file : entries(folder, "[!.]*")) {
            String name = file.getFileName().toString();
            if (!name.endsWith(Trust.CHECKSUM_SUFFIX) && !(name.endsWith(".so") && hasOps(file))) {
                addFile(file);
            }
        }
    }

    /// Whether it is an op library, or an engine, and so nobody's part unless it is needed.
    private boolean hasOps(Path file) {
        return switch (reader.read(file)) {
            case LibraryFile.Sound(ElfFile content) -> !reader.engines().of(content).isEmpty();
            case LibraryFile.Archive _, LibraryFile.Faulty _ -> true;
        };
    }

    private void addFile(Path file) throws IOException {
        if (Files.isRegularFile(file) && !isEngines(file.getFileName().toString())) {
            add(file, false);
        }
    }

    /// @return whether it is new
    private boolean add(Path file, boolean needed) throws IOException {
        if (file.equals(library)) {
            return false;
        }
        boolean known = parts.containsKey(file);
        parts.merge(file, needed, Boolean::logicalOr);
        if (parts.size() > MOST) {
            throw new IOException(
                    "more than %d files belong to it, the last: %s (expected: a folder with what the library needs)"
                            .formatted(MOST, file));
        }
        return !known;
    }

    private static List<Path> entries(Path folder, String glob) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (var found = Files.newDirectoryStream(folder, glob)) {
            for (Path entry : found) {
                entries.add(entry);
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        return entries;
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }
}
