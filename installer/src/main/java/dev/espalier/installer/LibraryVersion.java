package dev.espalier.installer;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engines.tensorflow.TensorFlowEngine;
import dev.espalier.engines.tensorrt.TensorRtEngine;
import java.nio.file.Path;

/// The program of a process that loads an engine's library as a worker would, and prints its version.
final class LibraryVersion {
    /// The exit code where the loader refuses the library; its reason is printed.
    static final int REFUSED = 3;

    private LibraryVersion() {}

    public static void main(String[] arguments) {
        try (Engine engine = engine(arguments[0], Path.of(arguments[1]))) {
            System.out.println(engine.version());
        } catch (EngineException failure) {
            System.out.println(failure.getMessage());
            System.out.flush();
            System.exit(REFUSED);
        }
    }

    private static Engine engine(String name, Path library) throws EngineException {
        return switch (Product.named(name).orElseThrow()) {
            case TENSORFLOW -> new TensorFlowEngine(library);
            case TENSORRT -> new TensorRtEngine(library);
        };
    }
}
