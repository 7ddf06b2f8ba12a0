package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ServingException;
import java.util.Set;
import java.util.TreeSet;

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
                throw wrong(config, "names of models with ',' between");
            }
            names.add(name.strip());
        }
        return names;
    }

    /// A refusal of the names that a model says.
    static ServingException wrong(ModelConfig config, String expected) {
        return ExecutionParameters.wrong(
                config, PARAMETER, ExecutionParameters.text(config, PARAMETER), expected);
    }
}
