package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelOutput;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.files.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the names of outputs' elements: a line each, in the file that `label_filename` names.
final class LabelFiles {
    private LabelFiles() {}

    /// How much text a model's labels may have, in bytes and lines.
    private static final int MOST = 8 << 20;

    private static final int MOST_LINES = 1 << 20;

    /// The labels by the output's name.
    static Map<String, List<String>> read(Path folder, ModelConfig config) throws ServingException {
        Map<String, List<String>> labels = new HashMap<>();
        int bytesLeft = MOST;
        int linesLeft = MOST_LINES;
        for (ModelOutput output : config.getOutputList()) {
            if (output.getLabelFilename().isEmpty()) {
                continue;
            }
            Path file = RepositoryPath.inside(folder, folder, output.getLabelFilename());
            try {
                String text = RegularFile.text(file, bytesLeft);
                List<String> lines = text.lines().limit(linesLeft + 1L).toList();
                if (lines.size() > linesLeft) {
                    throw new IOException("more than %d lines".formatted(MOST_LINES));
                }
                bytesLeft -= text.length();
                linesLeft -= lines.size();
                labels.put(output.getName(), lines);
            } catch (IOException failure) {
                throw new ServingException(
                        ErrorCode.UNAVAILABLE,
                        "failed to open text file for read %s: %s (expected: the labels of output '%s')"
                                .formatted(file, failure.getMessage(), output.getName()),
                        failure);
            }
        }
        return labels;
    }
}
