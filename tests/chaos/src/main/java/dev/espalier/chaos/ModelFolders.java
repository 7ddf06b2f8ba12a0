package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes a model repository of an engine's models in `tests/models` and of the op libraries in `tests/ops`.
final class ModelFolders {
    private ModelFolders() {}

    /// @param root of the source tree
    static void make(Path root, Engine engine, Path repository) throws IOException {
        Path libraries = root.resolve("tests/ops/x86-64");
        for (Model model : Model.values()) {
            Path from = root.resolve("tests/models", engine.models(), model.label());
            Path folder = repository.resolve(model.label());
            Path ops = folder.resolve("1/ops");
            Files.createDirectories(ops);
            Files.copy(from.resolve("config.pbtxt"), folder.resolve("config.pbtxt"));
            String file = "1/" + engine.modelFile();
            Files.copy(from.resolve(file), folder.resolve(file));
            for (String library : model.opSet().libraries(engine)) {
                Files.copy(libraries.resolve(library), ops.resolve(library));
            }
        }
    }
}
