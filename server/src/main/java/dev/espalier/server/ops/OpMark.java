package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import java.util.List;
import java.util.Set;

/// By what an engine's op libraries are told from other shared libraries, without opening them: what they
/// export for the engine to find, or use of the engine to register their ops.
///
/// @param sign what authors of ops write for it, for messages
/// @param exports functions by which the engine finds the ops
/// @param uses how the symbols begin by which a library registers its ops
/// @param own what the engine's own libraries are called, without their versions
public record OpMark(String sign, Set<String> exports, List<String> uses, List<String> own) {
    /// Of an engine that has no op libraries.
    public static final OpMark NONE = new OpMark("", Set.of(), List.of(), List.of());

    public OpMark {
        exports = Set.copyOf(exports);
        uses = List.copyOf(uses);
        own = List.copyOf(own);
    }

    /// @param library of which [#exports] were asked for
    boolean isOn(ElfFile library) {
        return exports.stream().anyMatch(library.exported()::contains)
                || library.undefined().stream()
                        .anyMatch(symbol -> uses.stream().anyMatch(symbol.name()::startsWith));
    }

    /// Whether a library of that name is the engine's own.
    boolean owns(String name) {
        return own.stream().anyMatch(each -> name.equals(each) || name.startsWith(each + "."));
    }
}
