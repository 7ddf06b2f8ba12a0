package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The engines whose op libraries are told from others: those that this server has, and further ones.
public final class OpEngines {
    private static final OpRules UNKNOWN = new OpRules(false, false, true, Set.of());

    private final List<OpEngine> all;
    private final Set<String> exports;

    public OpEngines(List<OpEngine> all) {
        this.all = List.copyOf(all);
        this.exports =
                all.stream()
                        .flatMap(engine -> engine.mark().exports().stream())
                        .collect(Collectors.toUnmodifiableSet());
    }

    /// The functions of all of them by which an engine finds ops.
    Set<String> exports() {
        return exports;
    }

    /// What all op libraries are told by, for people.
    String expected() {
        return all.stream()
                .filter(engine -> !engine.mark().equals(OpMark.NONE))
                .map(engine -> engine.mark().sign() + " for " + engine.title())
                .collect(Collectors.joining(", "));
    }

    /// The engine whose own library this is, of which each worker has one already; empty for another library.
    ///
    /// @param name its soname, such as `libengine.so.1`
    Optional<OpEngine> owner(String name) {
        return all.stream().filter(engine -> engine.mark().owns(name)).findFirst();
    }

    /// The engine whose archives are called like this file; empty for what is a shared library, if anything.
    Optional<OpEngine> ofArchive(Path file) {
        return all.stream().filter(engine -> engine.archive().isOne(file)).findFirst();
    }

    /// The engines that a library has ops for; none for a library of something else.
    ///
    /// @param library of which [#exports] were asked for
    List<OpEngine> of(ElfFile library) {
        return all.stream().filter(engine -> engine.mark().isOn(library)).toList();
    }

    /// What becomes of an engine's op libraries.
    public OpRules rules(String engine) {
        return all.stream()
                .filter(each -> each.name().equals(engine))
                .map(OpEngine::rules)
                .findFirst()
                .orElse(UNKNOWN);
    }

    /// The mistake by which a library needs others that are not there, of any engine; empty where none is known.
    Optional<BuildFault> mistake(Collection<String> missing) {
        return all.stream()
                .flatMap(engine -> engine.mistakes().missing(missing).stream())
                .findFirst();
    }

    /// The mistake by which a library misses symbols, of any engine; empty where none is known.
    Optional<BuildFault> mistake(ElfFile library, List<String> undefined) {
        return all.stream()
                .flatMap(engine -> engine.mistakes().find(library, undefined).stream())
                .findFirst();
    }
}
