package dev.espalier.server.ops;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/// The op libraries that a model runs with, each once, nearest first: where two have an op of one name, the
/// first one's counts. Models with the same libraries share a worker, whatever their order.
public record OpSet(List<OpLibrary> libraries) {
    public OpSet {
        libraries =
                List.copyOf(
                        libraries.stream()
                                .collect(
                                        Collectors.toMap(
                                                OpLibrary::sha256,
                                                library -> library,
                                                (first, _) -> first,
                                                LinkedHashMap::new))
                                .values());
    }

    /// What tells this op set from others, as far as a process is concerned.
    public String key() {
        return libraries.stream().map(OpLibrary::sha256).sorted().collect(Collectors.joining("+"));
    }

    /// The hashes in the order in which the libraries count.
    public List<String> hashes() {
        return libraries.stream().map(OpLibrary::sha256).toList();
    }

    /// The op set for people: the libraries' names with short hashes, or `no ops`.
    public String label() {
        return libraries.isEmpty()
                ? "no ops"
                : libraries.stream().map(OpLibrary::label).collect(Collectors.joining(", "));
    }
}
