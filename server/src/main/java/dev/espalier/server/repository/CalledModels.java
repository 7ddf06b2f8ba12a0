package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ServingException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// The models that a model may call:
///
/// ```text
/// parameters { key: "calls" value { string_value: "tokenizer, scores" } }
/// ```
final class CalledModels {
    private static final String PARAMETER = "calls";

    private CalledModels() {}

    /// @throws ServingException when one of the names is none that a model can have
    static Set<String> of(ModelConfig config) throws ServingException {
        String text = ExecutionParameters.text(config, PARAMETER);
        Set<String> names = new TreeSet<>();
        if (text.isBlank()) {
            return names;
        }
        for (String name : text.split(",", -1)) {
            if (!RepositoryFolders.isName(name.strip())) {
                throw ExecutionParameters.wrong(
                        config, PARAMETER, text, "names of models with ',' between");
            }
            names.add(name.strip());
        }
        return names;
    }

    /// Refuses a model whose calls can come back to it, as far as that is known: those that are not loaded yet are told when
    /// they are, or at the call.
    ///
    /// @param known the models that a model which is loaded may call
    /// @throws ServingException when there is a circle; the message names it
    static void checkCircle(ModelConfig config, Function<String, Set<String>> known)
            throws ServingException {
        List<String> way = new ArrayList<>(List.of(config.getName()));
        if (leadsBack(config.getName(), of(config), known, way, new LinkedHashSet<>())) {
            throw ExecutionParameters.wrong(
                    config,
                    PARAMETER,
                    ExecutionParameters.text(config, PARAMETER),
                    "no circle, which is here: " + String.join(" calls ", way));
        }
    }

    private static boolean leadsBack(
            String to,
            Set<String> calls,
            Function<String, Set<String>> known,
            List<String> way,
            Set<String> seen) {
        for (String next : calls) {
            way.add(next);
            if (next.equals(to)
                    || seen.add(next) && leadsBack(to, known.apply(next), known, way, seen)) {
                return true;
            }
            way.removeLast();
        }
        return false;
    }
}
