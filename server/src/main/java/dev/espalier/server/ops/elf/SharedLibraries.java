package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The shared libraries of this machine, found as the dynamic loader finds them, and what is in them.
/// Safe for use by several threads.
public final class SharedLibraries {
    private static final Path CACHE = Path.of("/etc/ld.so.cache");

    private final Machine machine;
    private final List<Path> libraryPath;
    private final List<Path> defaults;
    private final LoaderCache cache;
    private final Map<Path, Optional<ElfFile>> read = Collections.synchronizedMap(new Recent());

    /// What was read last. Of libraries that come and go there is no end.
    private static final class Recent extends LinkedHashMap<Path, Optional<ElfFile>> {
        private static final long serialVersionUID = 1L;
        private static final int MOST = 64;

        Recent() {
            super(MOST, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Optional<ElfFile>> eldest) {
            return size() > MOST;
        }
    }

    /// @param libraryPath the folders of the `LD_LIBRARY_PATH` that workers get, in its notation
    public SharedLibraries(Machine machine, String libraryPath) {
        this.machine = machine;
        this.libraryPath = folders(libraryPath);
        this.defaults = defaults(machine);
        this.cache = LoaderCache.read(CACHE);
    }

    /// The folders of a library path, in the notation of `LD_LIBRARY_PATH`.
    public static List<Path> folders(String libraryPath) {
        return Arrays.stream(libraryPath.split("[:;]", -1))
                .filter(folder -> !folder.isEmpty())
                .flatMap(folder -> path(folder).stream())
                .toList();
    }

    public Machine machine() {
        return machine;
    }

    /// Tells this state of the machine from others, as far as the opening of libraries depends on it:
    /// installing one writes the loader's cache anew.
    public String stamp() {
        try {
            return "%s %s %d %s"
                    .formatted(
                            machine.text(),
                            Files.getLastModifiedTime(CACHE),
                            Files.size(CACHE),
                            libraryPath);
        } catch (IOException _) {
            return "%s %s".formatted(machine.text(), libraryPath);
        }
    }

    /// The loader's own folders: those of the usual distributions.
    private static List<Path> defaults(Machine machine) {
        String architecture =
                switch (machine.number()) {
                    case 62 -> "x86_64";
                    case 183 -> "aarch64";
                    default -> "riscv64";
                };
        List<Path> folders = new ArrayList<>();
        for (String base : List.of("/lib", "/usr/lib")) {
            folders.add(Path.of(base, architecture + "-linux-gnu"));
            folders.add(Path.of(base + "64"));
            folders.add(Path.of(base));
        }
        return folders;
    }

    /// The folders in which the loader looks for what the file `origin` needs, and for what that needs in turn.
    ///
    /// @param inherited those of the libraries by which it is needed
    List<Path> rpath(ElfFile needs, Path origin, List<Path> inherited) {
        List<Path> folders =
                new ArrayList<>(
                        needs.runpath().isEmpty() ? folders(needs.rpath(), origin) : List.of());
        folders.addAll(inherited);
        return folders;
    }

    /// Where the loader finds the library `name` that the file `origin` needs.
    ///
    /// @param rpath its own and inherited folders, which do not count where it has a runpath
    Optional<Path> find(String name, ElfFile needs, Path origin, List<Path> rpath) {
        if (path(name).isEmpty()) {
            return Optional.empty();
        }
        if (name.contains("/")) {
            return path(name).filter(this::suits);
        }
        return needs.runpath().isEmpty()
                ? find(name, rpath, List.of())
                : find(name, List.of(), folders(needs.runpath(), origin));
    }

    /// Where the loader finds what `LD_PRELOAD` names; a path may lead to a file that it does not take.
    public Optional<Path> findPreload(String name) {
        return name.contains("/")
                ? path(name).filter(Files::exists)
                : path(name).flatMap(_ -> find(name, List.of(), List.of()));
    }

    private Optional<Path> find(String name, List<Path> rpath, List<Path> runpath) {
        return Stream.of(
                        inAll(rpath, name),
                        inAll(libraryPath, name),
                        inAll(runpath, name),
                        cache.find(name).stream(),
                        inAll(defaults, name))
                .flatMap(paths -> paths)
                .filter(this::suits)
                .findFirst();
    }

    private static Stream<Path> inAll(List<Path> folders, String name) {
        return folders.stream().map(folder -> folder.resolve(name));
    }

    private static List<Path> folders(List<String> texts, Path origin) {
        String parent = String.valueOf(origin.toAbsolutePath().getParent());
        return texts.stream()
                .map(text -> text.replace("${ORIGIN}", parent).replace("$ORIGIN", parent))
                .flatMap(text -> path(text).stream())
                .toList();
    }

    /// A text of a library as a path; empty where it cannot be one here.
    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    /// Where [#find] looks, for people.
    String searched(ElfFile needs) {
        List<String> places = new ArrayList<>();
        places.addAll(needs.runpath().isEmpty() ? needs.rpath() : needs.runpath());
        libraryPath.forEach(folder -> places.add(folder.toString()));
        places.add(CACHE.toString());
        defaults.stream()
                .filter(Files::isDirectory)
                .forEach(folder -> places.add(folder.toString()));
        return String.join(", ", places);
    }

    /// Whether a library lies in the folder of the file `origin`.
    boolean isBeside(String name, Path origin) {
        return !name.contains("/")
                && path(name).map(origin::resolveSibling).filter(this::suits).isPresent();
    }

    /// The names by which the libraries that a process has with `library` are known to those that are loaded
    /// later: those of the library itself, and of what it finds in its own folder.
    public Map<String, Path> provided(Path library) {
        Map<String, Path> provided = new HashMap<>();
        Deque<Path> waiting = new ArrayDeque<>(List.of(library));
        while (!waiting.isEmpty()) {
            Path file = waiting.remove();
            Optional<ElfFile> content = read(file);
            if (content.isEmpty()
                    || provided.putIfAbsent(content.get().nameOr(file), file) != null) {
                continue;
            }
            for (String name : content.get().needed()) {
                if (isBeside(name, library)) {
                    waiting.add(library.resolveSibling(name));
                }
            }
        }
        return provided;
    }

    /// Whether the loader would take the file: it passes over those for other machines.
    private boolean suits(Path file) {
        return Files.isRegularFile(file) && read(file).isPresent();
    }

    /// What is in a library of this machine; empty where it cannot be read, or is for another machine.
    Optional<ElfFile> read(Path file) {
        return read.computeIfAbsent(file, this::parse);
    }

    private Optional<ElfFile> parse(Path file) {
        try {
            return machine.runs(ElfFile.header(file))
                    ? Optional.of(ElfFile.linkage(file))
                    : Optional.empty();
        } catch (IOException | ElfException _) {
            return Optional.empty();
        }
    }

    /// Those of the symbols `asked` that a library defines for others; none where it cannot be read.
    Set<String> exported(Path file, Set<String> asked) {
        try {
            return ElfFile.exported(file, asked);
        } catch (IOException | ElfException _) {
            return Set.of();
        }
    }
}
