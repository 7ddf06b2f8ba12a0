package dev.espalier.server.formats;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A format of model files, by the names that it has in `config.pbtxt`.
public enum ModelFormat {
    ONNX("onnxruntime", "onnxruntime_onnx", "model.onnx", "ONNX model"),
    SAVED_MODEL("tensorflow", "tensorflow_savedmodel", "model.savedmodel", "SavedModel"),
    GRAPH_DEF("tensorflow", "tensorflow_graphdef", "model.graphdef", "GraphDef"),
    PLAN("tensorrt", "tensorrt_plan", "model.plan", "TensorRT plan");

    private final String backend;
    private final String platform;
    private final String fileName;
    private final String title;

    ModelFormat(String backend, String platform, String fileName, String title) {
        this.backend = backend;
        this.platform = platform;
        this.fileName = fileName;
        this.title = title;
    }

    /// The engine that loads it.
    public String backend() {
        return backend;
    }

    public String platform() {
        return platform;
    }

    /// What the file, or the folder, is called where the configuration does not say.
    public String fileName() {
        return fileName;
    }

    /// Its name for people.
    public String title() {
        return title;
    }

    public static Optional<ModelFormat> ofPlatform(String platform) {
        return Arrays.stream(values())
                .filter(format -> format.platform.equals(platform))
                .findFirst();
    }

    /// The formats that an engine loads.
    public static List<ModelFormat> ofBackend(String backend) {
        return Arrays.stream(values()).filter(format -> format.backend.equals(backend)).toList();
    }

    /// Reads what a file says of its model.
    ///
    /// @param parameters those of the model's configuration: they may choose a part of the file
    /// @throws FormatException when it is no file of this format; the message says what stands where
    public ModelDescription read(Path file, Map<String, String> parameters)
            throws IOException, FormatException {
        return switch (this) {
            case ONNX -> OnnxReader.read(file);
            case SAVED_MODEL -> SavedModelReader.read(file, parameters);
            case GRAPH_DEF -> GraphDefReader.read(file);
            case PLAN -> PlanReader.read(file);
        };
    }
}
