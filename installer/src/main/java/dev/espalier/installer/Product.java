package dev.espalier.installer;

import java.util.Arrays;
import java.util.Optional;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;

/// An engine that can be installed: the Maven package of its natives, and which of its files a worker needs.
enum Product {
    TENSORFLOW(
            "tensorflow",
            "TensorFlow",
            "org.tensorflow:tensorflow-core-native",
            "",
            "libtensorflow_cc\\.so\\.2",
            "libtensorflow_[a-z]+\\.so\\.2"),
    /// Without what builds plans, which is more than a gigabyte.
    TENSORRT(
            "tensorrt",
            "TensorRT",
            "org.bytedeco:tensorrt",
            "-redist",
            "libnvinfer\\.so\\.\\d+",
            "libnvinfer(_plugin)?\\.so\\.\\d+");

    private static final String LICENCE = "LICENSE";

    private final String engine;
    private final String title;
    private final String mavenPackage;
    private final String classifier;
    private final String library;
    private final String libraries;

    /// @param engine its name in `config.pbtxt`
    /// @param title its name for people
    /// @param classifier what follows the platform in the package's classifier
    /// @param library which file is loaded
    /// @param libraries which files are taken, that one among them
    Product(
            String engine,
            String title,
            String mavenPackage,
            String classifier,
            String library,
            String libraries) {
        this.engine = engine;
        this.title = title;
        this.mavenPackage = mavenPackage;
        this.classifier = classifier;
        this.library = library;
        this.libraries = libraries;
    }

    /// The one of an engine; empty where none can be installed.
    static Optional<Product> named(String engine) {
        return Arrays.stream(values()).filter(product -> product.engine.equals(engine)).findFirst();
    }

    String engine() {
        return engine;
    }

    String title() {
        return title;
    }

    String mavenPackage() {
        return mavenPackage;
    }

    /// Whether a file of that name is the one that is loaded.
    boolean isLibrary(String name) {
        return name.matches(library);
    }

    /// Whether a file of that name lies beside it.
    boolean isBeside(String name) {
        return name.matches(libraries);
    }

    /// Whether a file of that name goes with them.
    static boolean isLicence(String name) {
        return name.equals(LICENCE);
    }

    /// The natives for a machine, by the JVM's name for it.
    Artifact natives(String artifactVersion, String machine) {
        String platform =
                switch (machine) {
                    case "amd64" -> "linux-x86_64";
                    case "aarch64" -> "linux-arm64";
                    default -> "linux-" + machine;
                };
        return new DefaultArtifact(
                "%s:jar:%s%s:%s".formatted(mavenPackage, platform, classifier, artifactVersion));
    }
}
