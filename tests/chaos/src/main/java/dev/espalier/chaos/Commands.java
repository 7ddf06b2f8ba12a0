package dev.espalier.chaos;

import java.io.IOException;

/// Programs of the machine.
final class Commands {
    private Commands() {}

    /// Runs one, and forgets what it says.
    ///
    /// @return its exit status
    static int run(String... command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return process.waitFor();
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IOException(failure);
        }
    }
}
