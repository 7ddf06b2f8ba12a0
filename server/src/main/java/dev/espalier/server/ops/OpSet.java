package dev.espalier.server.ops;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// The op libraries that a model runs with, each once, in the order of their hashes. Models with equal op
/// sets share a worker.
public record OpSet(List<OpLibrary> libraries) {
    private static final int SHORT_HASH = 8;

    public OpSet {
        libraries =
                libraries.stream()
                        .collect(
                                Collectors.toMap(
                                        OpLibrary::sha256, library -> library, (first, _) -> first))
                        .values()
                        .stream()
                        .sorted(Comparator.comparing(OpLibrary::sha256))
                        .toList();
    }

    /// What tells this op set from others.
    public String key() {
        return libraries.stream().map(OpLibrary::sha256).collect(Collectors.joining("+"));
    }

    /// The op set for people: the libraries' names with short hashes, or `no ops`.
    public String label() {
        return libraries.isEmpty()
                ? "no ops"
                : libraries.stream()
                        .map(library ->
                                library.source().getFileName()
                                        + "@"
                                        + library.sha256().substring(0, SHORT_HASH))
                        .collect(Collectors.joining(", "));
    }
}
