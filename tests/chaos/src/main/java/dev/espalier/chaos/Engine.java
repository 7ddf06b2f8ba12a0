package dev.espalier.chaos;

/// An engine that the faults happen in: where its models are, and how its libraries are called.
enum Engine {
    ONNXRUNTIME("faults", "model.onnx", "lib", "scale_by_2"),
    TENSORFLOW("tensorflow_faults", "model.graphdef", "libtf_", "twice");

    private final String models;
    private final String modelFile;
    private final String prefix;
    private final String healthy;

    Engine(String models, String modelFile, String prefix, String healthy) {
        this.models = models;
        this.modelFile = modelFile;
        this.prefix = prefix;
        this.healthy = healthy;
    }

    /// The folder in `tests/models` with its models.
    String models() {
        return models;
    }

    String modelFile() {
        return modelFile;
    }

    /// The file of the library that doubles.
    String healthyLibrary() {
        return library(healthy);
    }

    /// The file of its build of a library.
    String library(String name) {
        return prefix + name + ".so";
    }
}
