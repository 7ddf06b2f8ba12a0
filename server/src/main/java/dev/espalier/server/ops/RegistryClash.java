package dev.espalier.server.ops;

import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import dev.espalier.tensor.OpSignature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// An op that would be registered twice in one process, with an engine that has one registry for all
/// models of the process and does not know which of the two to take.
///
/// @param by the libraries that register it, both or all in the op set of one model; a single one where
///     the engine has the op itself
/// @param replaces whether a single one takes the place of the engine's
record RegistryClash(OpName op, List<Usable> by, boolean replaces) {
    RegistryClash {
        by = List.copyOf(by);
    }

    /// The clashes in an op set.
    ///
    /// @param needs of the model; what nobody runs may be there twice
    static List<RegistryClash> in(List<Usable> libraries, OpNeeds needs, OpRules rules) {
        Map<String, List<Usable>> byOp = new TreeMap<>();
        Set<String> hashes = new HashSet<>();
        for (Usable library : libraries) {
            // The same bytes at two places are one library, and opened once.
            if (!hashes.add(library.library().sha256())) {
                continue;
            }
            Set<OpName> ops = new HashSet<>();
            library.ops().stream().map(OpSignature::op).forEach(ops::add);
            ops.forEach(op -> byOp.computeIfAbsent(op.name(), _ -> new ArrayList<>()).add(library));
        }
        Set<OpName> builtIn = needs.standard().stream().map(OpNeed::op).collect(Collectors.toSet());
        List<RegistryClash> clashes = new ArrayList<>();
        byOp.forEach((name, by) -> {
            OpName op = new OpName("", name);
            if (by.size() > 1
                    || (builtIn.contains(op) && !(rules.replaces() && isMeant(by.getFirst())))) {
                clashes.add(new RegistryClash(op, by, rules.replaces()));
            }
        });
        return clashes;
    }

    /// Whether a library is there for its model alone, which may want the engine's ops replaced.
    private static boolean isMeant(Usable library) {
        return library.located().distance().own();
    }

    /// What would meet, and what to do.
    String text() {
        String libraries =
                by.stream()
                        .map(library ->
                                "%s (%s)".formatted(library.label(), library.located().file()))
                        .collect(Collectors.joining(" and "));
        if (by.size() == 1 && replaces) {
            return "op %s, which the engine has itself, would be replaced by that of %s, which this model needs for other ops; take that kernel out of the library or, where it is meant, put the library into the model's own ops folder"
                    .formatted(op, libraries);
        }
        return by.size() > 1
                ? "op %s is registered by %s, which this model needs both, and no process can have both; build the ops that it needs into one library"
                        .formatted(op, libraries)
                : "op %s, which the engine has itself, gets a second kernel from %s, which this model needs too, and every run of the op would fail; take that kernel out of the library, or register it with a label or another priority"
                        .formatted(op, libraries);
    }
}
