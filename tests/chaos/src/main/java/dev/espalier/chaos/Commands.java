package dev.espalier.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

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
        return await(process);
    }

    /// Runs one.
    ///
    /// @return the lines that it says
    /// @throws IOException when it fails
    static List<String> output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader(StandardCharsets.UTF_8).readAllLines();
        if (await(process) != 0) {
            throw new IOException(
                    "%s failed: %s".formatted(String.join(" ", command), String.join(" ", lines)));
        }
        return lines;
    }

    private static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IOException(failure);
        }
    }
}
