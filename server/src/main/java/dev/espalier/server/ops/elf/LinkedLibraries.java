package dev.espalier.server.ops.elf;

import dev.espalier.server.ops.elf.ElfFile.Undefined;
import dev.espalier.server.ops.elf.ElfFile.VersionNeed;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A library with all the libraries that it needs, and those that these need: what the loader would put
/// together, and what would be missing in it.
public final class LinkedLibraries {
    private final ElfFile library;
    private final SharedLibraries libraries;
    private final Map<String, Path> provided;
    private final Path path;
    private final Map<String, Found> found = new LinkedHashMap<>();
    private final List<Missing> missing = new ArrayList<>();

    /// A library that nobody has.
    ///
    /// @param by which library needs it; empty for the one that this is about
    /// @param beside whether it lies beside that library, where the loader does not look
    public record Missing(String name, String by, boolean beside) {}

    /// A version that a library does not have here.
    ///
    /// @param here the newest of its kind that it has; empty for none
    public record Newer(String library, String version, String here) {}

    private record Found(ElfFile file, Path path) {}

    /// A library whose needs are to be followed.
    ///
    /// @param rpath its own and inherited folders
    private record Visit(String name, ElfFile file, Path path, List<Path> rpath) {}

    /// @param resident libraries that are there in any case
    /// @param provided those that are there in any case for whoever is linked with them, by their names
    public LinkedLibraries(
            ElfFile library,
            Path path,
            SharedLibraries libraries,
            List<Path> resident,
            Map<String, Path> provided) {
        this.library = library;
        this.path = path;
        this.libraries = libraries;
        this.provided = Map.copyOf(provided);
        Deque<Visit> waiting = new ArrayDeque<>();
        waiting.add(visit("", library, path, List.of()));
        for (Path each : resident) {
            libraries
                    .read(each)
                    .ifPresent(
                            file -> waiting.add(visit(file.nameOr(each), file, each, List.of())));
        }
        while (!waiting.isEmpty()) {
            Visit visit = waiting.remove();
            if (!visit.name.isEmpty()) {
                found.putIfAbsent(visit.name, new Found(visit.file, visit.path));
            }
            follow(visit, waiting);
        }
    }

    private Visit visit(String name, ElfFile file, Path where, List<Path> inherited) {
        return new Visit(name, file, where, libraries.rpath(file, where, inherited));
    }

    private Optional<Path> find(String name, Visit visit) {
        Path known = provided.get(name);
        return known != null && libraries.read(known).isPresent()
                ? Optional.of(known)
                : libraries.find(name, visit.file, visit.path, visit.rpath);
    }

    private void follow(Visit visit, Deque<Visit> waiting) {
        for (String name : visit.file.needed()) {
            if (found.containsKey(name)
                    || missing.stream().anyMatch(each -> each.name.equals(name))) {
                continue;
            }
            find(name, visit)
                    .ifPresentOrElse(
                            where -> {
                                ElfFile file = libraries.read(where).orElseThrow();
                                found.put(name, new Found(file, where));
                                waiting.add(visit(name, file, where, visit.rpath));
                            },
                            () -> missing.add(missing(name, visit)));
        }
    }

    private Missing missing(String name, Visit visit) {
        return new Missing(name, visit.name, libraries.isBeside(name, visit.path));
    }

    /// The libraries that are not on this machine.
    public List<Missing> missing() {
        return List.copyOf(missing);
    }

    /// Where libraries are looked for.
    public String searched() {
        return libraries.searched(library);
    }

    /// The versions that a library of this machine does not have.
    public List<Newer> newerVersions() {
        List<Newer> newer = new ArrayList<>();
        for (VersionNeed need : library.versionNeeds()) {
            Found owner = found.get(need.library());
            if (owner != null && !need.weak() && !owner.file.versions().contains(need.version())) {
                newer.add(
                        new Newer(
                                need.library(),
                                need.version(),
                                Version.newestLike(need.version(), owner.file.versions())));
            }
        }
        return newer;
    }

    /// The symbols that the library needs and nobody defines.
    public List<String> undefined() {
        Set<String> undefined = new TreeSet<>();
        for (Undefined symbol : library.undefined()) {
            if (!symbol.weak()) {
                undefined.add(symbol.name());
            }
        }
        undefined.removeAll(libraries.exported(path, undefined));
        for (Found each : found.values()) {
            undefined.removeAll(libraries.exported(each.path, undefined));
        }
        return List.copyOf(undefined);
    }
}
