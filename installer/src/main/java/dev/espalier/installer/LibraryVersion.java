package dev.espalier.installer;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import java.nio.file.Path;

/// The program of a process that loads an engine's library as a worker would, and prints its version.
final class LibraryVersion {
    /// The exit code where the loader refuses the library; its reason is printed.
    static final int REFUSED = 3;

    private LibraryVersion() {}

    public static void main(String[] arguments) {
        try (Engine engine =
                Products.ALL.named(arguments[0]).orElseThrow().kind().open(Path.of(arguments[1]))) {
            System.out.println(engine.version());
        } catch (EngineException failure) {
            System.out.println(failure.getMessage());
            System.out.flush();
            System.exit(REFUSED);
        }
    }
}
