package dev.espalier.engine;

import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What an engine needs to load one model version.
///
/// @param name the model's name, for messages
/// @param file the model file, or the folder where the format is one
/// @param opLibraries the libraries of the model's op set, at paths that never change their content
/// @param parameters the engine's options by name, as given in `parameters` of `config.pbtxt`
///     (such as `intra_op_thread_count`)
/// @param declared the inputs and outputs that the model's configuration names, batch dimension included:
///     some formats do not tell theirs
/// @param settings what else the configuration says
public record ModelSource(
        String name,
        Path file,
        List<Path> opLibraries,
        Map<String, String> parameters,
        Signature declared,
        ModelSettings settings) {
    /// A model without a configuration.
    public ModelSource(
            String name,
            Path file,
            List<Path> opLibraries,
            Map<String, String> parameters,
            Signature declared) {
        this(name, file, opLibraries, parameters, declared, ModelSettings.NONE);
    }

    public ModelSource {
        opLibraries = List.copyOf(opLibraries);
        parameters = Map.copyOf(parameters);
    }
}
