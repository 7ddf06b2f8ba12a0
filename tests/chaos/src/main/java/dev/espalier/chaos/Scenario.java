package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Something bad that happens to a server, and what must still hold.
interface Scenario {
    /// In one word.
    String name();

    /// The engine of all models.
    default Engine engine() {
        return Engine.ONNXRUNTIME;
    }

    /// The server's flags.
    default List<String> flags() {
        return List.of(
                "--quarantine-after=0", "--worker-memory-mb=512", "--execution-timeout-ms=5000");
    }

    /// What the server's command is an argument of; nothing where it runs as it is.
    default List<String> prefix() {
        return List.of();
    }

    /// Makes ready what must be there before the server starts.
    ///
    /// @param state the folder that will be the server's state folder
    default void prepare(Path state) throws IOException {}

    /// Clears away what has been made ready.
    default void clear(Path state) throws IOException {}

    /// Runs it.
    ///
    /// @throws IOException when it cannot be carried on; what does not hold goes to the trial's report
    void run(Trial trial) throws IOException;
}
