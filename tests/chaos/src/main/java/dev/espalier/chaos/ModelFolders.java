package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes a model repository of `tests/models/faults` and of the op libraries in `tests/ops`.
final class ModelFolders {
    private ModelFolders() {}

    /// @param root of the source tree
    static void make(Path root, Path repository) throws IOException {
        Path libraries = root.resolve("tests/ops/x86-64");
        for (Model model : Model.values()) {
            Path from = root.resolve("tests/models/faults").resolve(model.label());
            Path folder = repository.resolve(model.label());
            Path ops = folder.resolve("1/ops");
            Files.createDirectories(ops);
            Files.copy(from.resolve("config.pbtxt"), folder.resolve("config.pbtxt"));
            Files.copy(from.resolve("1/model.onnx"), folder.resolve("1/model.onnx"));
            for (String library : model.opSet().libraries()) {
                Files.copy(libraries.resolve(library), ops.resolve(library));
            }
        }
    }
}
