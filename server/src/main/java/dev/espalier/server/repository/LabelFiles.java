package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelOutput;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the names of outputs' elements: a line each, in the file that `label_filename` names.
final class LabelFiles {
    private LabelFiles() {}

    /// The labels by the output's name.
    static Map<String, List<String>> read(Path folder, ModelConfig config) throws ServingException {
        Map<String, List<String>> labels = new HashMap<>();
        for (ModelOutput output : config.getOutputList()) {
            if (!output.getLabelFilename().isEmpty()) {
                Path file = RepositoryPath.inside(folder, folder, output.getLabelFilename());
                try {
                    labels.put(output.getName(), Files.readAllLines(file));
                } catch (IOException failure) {
                    throw new ServingException(
                            ErrorCode.UNAVAILABLE,
                            "failed to open text file for read %s: %s (expected: the labels of output '%s')"
                                    .formatted(file, failure.getMessage(), output.getName()),
                            failure);
                }
            }
        }
        return labels;
    }
}
