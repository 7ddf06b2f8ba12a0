package dev.espalier.server.ops;

import dev.espalier.server.config.Nearest;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.server.ops.Resolution.Ambiguous;
import dev.espalier.server.ops.Resolution.Met;
import dev.espalier.server.ops.Resolution.Missing;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import dev.espalier.tensor.OpSignature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Lets the ops that a model needs meet those that libraries provide. Nearer wins over farther; at one
/// distance what the model names wins over what just lies there; two equally near are one too many.
final class OpResolver {
    private final EngineVersion engine;
    private final List<Candidate> candidates;
    private final OpRules rules;

    /// The usable ones; of libraries with the same bytes only the nearest.
    private final List<Usable> usable = new ArrayList<>();

    private final Map<OpName, List<Usable>> byOp = new HashMap<>();

    /// For more missing ops nobody looks for similar names, which takes time for each.
    private static final int MOST_NEAR_MISSES = 20;

    private static final int LONGEST_NAME = 500;

    private int missing;

    /// @param engine what the libraries were tried with
    /// @param rules what becomes of them in its processes
    OpResolver(EngineVersion engine, OpRules rules, List<Candidate> candidates) {
        this.engine = engine;
        this.rules = rules;
        this.candidates = candidates.stream().sorted(Candidate.NEAREST).toList();
        Set<String> hashes = new HashSet<>();
        for (Candidate candidate : this.candidates) {
            if (candidate instanceof Usable library && hashes.add(library.library().sha256())) {
                usable.add(library);
                library.ops().stream()
                        .map(OpSignature::op)
                        .distinct()
                        .forEach(op ->
                                byOp.computeIfAbsent(op, _ -> new ArrayList<>()).add(library));
            }
        }
    }

    /// A standard op is the engine's affair, unless one of the model's own libraries replaces it, where the engine
    /// lets that happen.
    Resolution resolve(OpNeeds needs) {
        List<Resolution.Need> outcomes = new ArrayList<>();
        Set<OpNeed> custom = needs.known() ? needs.custom() : everything();
        custom.forEach(need -> outcomes.add(outcome(need, providers(need))));
        if (rules.replaces()) {
            needs.standard().forEach(need -> replacement(need).ifPresent(outcomes::add));
        }
        outcomes.sort(Comparator.comparing(outcome -> outcome.op().toString()));
        Resolution resolution = new Resolution(engine, candidates, outcomes, List.of());
        return rules.oneRegistry()
                ? new Resolution(
                        engine,
                        candidates,
                        outcomes,
                        RegistryClash.in(resolution.choice().libraries(), needs, rules))
                : resolution;
    }

    /// What a model may need of which that cannot be read: every op that runs here.
    private Set<OpNeed> everything() {
        Set<OpNeed> all = new HashSet<>();
        for (Usable library : usable) {
            library.ops().stream()
                    .filter(op -> rules.runs(op.provider()))
                    .forEach(op -> all.add(new OpNeed(op.op(), op.since())));
        }
        return all;
    }

    private Optional<Resolution.Need> replacement(OpNeed need) {
        List<Usable> own =
                providers(need).stream()
                        .filter(library -> library.located().distance().own())
                        .toList();
        return own.isEmpty() ? Optional.empty() : Optional.of(outcome(need, own));
    }

    private List<Usable> providers(OpNeed need) {
        return byOp.getOrDefault(need.op(), List.of()).stream()
                .filter(library ->
                        library.ops().stream()
                                .anyMatch(op -> op.meets(need) && rules.runs(op.provider())))
                .toList();
    }

    private Resolution.Need outcome(OpNeed need, List<Usable> providers) {
        if (providers.isEmpty()) {
            return new Missing(need, missing++ < MOST_NEAR_MISSES ? nearMiss(need) : "");
        }
        Usable first = providers.getFirst();
        List<Usable> equal =
                providers.stream()
                        .filter(library -> Candidate.NEAREST.compare(library, first) == 0)
                        .toList();
        return equal.size() > 1
                ? new Ambiguous(need, equal)
                : new Met(need, first, providers.subList(1, providers.size()));
    }

    private String nearMiss(OpNeed need) {
        for (Usable library : byOp.getOrDefault(need.op(), List.of())) {
            for (OpSignature op : library.ops()) {
                if (op.op().equals(need.op())) {
                    return op.meets(need)
                            ? "%s has it for %s only".formatted(library.label(), op.provider())
                            : "%s has it for %s of the domain, and the model imports version %d"
                                    .formatted(library.label(), op.versions(), need.version());
                }
            }
        }
        String near = nearest(need.op());
        return near.isEmpty() ? "" : "did you mean %s?".formatted(near);
    }

    /// The op with the same name in another domain, else the one with the most similar name.
    private String nearest(OpName wanted) {
        Map<String, Usable> names = new TreeMap<>();
        for (Usable library : usable) {
            for (OpSignature op : library.ops()) {
                if (op.op().name().equals(wanted.name())) {
                    return "%s (%s)".formatted(op.op(), library.label());
                }
                names.putIfAbsent(op.op().toString(), library);
            }
        }
        if (wanted.toString().length() > LONGEST_NAME) {
            return "";
        }
        names.keySet().removeIf(name -> name.length() > LONGEST_NAME);
        String near = new Nearest(names.keySet()).to(wanted.toString());
        Usable library = names.get(near);
        return library == null ? "" : "%s (%s)".formatted(near, library.label());
    }
}
