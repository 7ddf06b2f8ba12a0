package dev.espalier.server.formats;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// A format of model files.
///
/// @param backend the engine that loads it
/// @param platform what `platform` of a configuration calls it
/// @param fileName what the file, or the folder, is called where the configuration does not say; another file
///     with what follows its first dot is of this format, too
/// @param title its name for people
/// @param tensors who knows a model's inputs and outputs
/// @param reader what reads a file of it
/// @param code whether its files are op libraries themselves: then they are looked into, trusted and kept as those are
public record ModelFormat(
        Backend backend,
        String platform,
        String fileName,
        String title,
        Tensors tensors,
        Reader reader,
        boolean code) {
    /// Of files that are data for an engine.
    public ModelFormat(
            Backend backend,
            String platform,
            String fileName,
            String title,
            Tensors tensors,
            Reader reader) {
        this(backend, platform, fileName, title, tensors, reader, false);
    }

    /// Who knows the inputs and outputs of models.
    public enum Tensors {
        /// The file tells them, or the configuration must.
        IN_FILE,
        /// Only the engine can read them: where the configuration leaves them out a worker is asked.
        IN_ENGINE
    }

    /// Reads what a file says of its model, in pure Java: the server loads nothing of an engine.
    public interface Reader {
        /// @param file foreign bytes, or the folder where the format is one
        /// @param parameters those of the model's configuration: they may choose a part of the file
        /// @throws FormatException when it is no file of this format; the message says what stands where
        ModelDescription read(Path file, Map<String, String> parameters)
                throws IOException, FormatException;
    }

    /// What follows the name in the names of such files, the dot included.
    public String suffix() {
        return fileName.substring(fileName.indexOf('.'));
    }
}
