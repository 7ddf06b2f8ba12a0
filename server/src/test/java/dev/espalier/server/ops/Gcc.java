package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Links shared libraries for tests of where libraries lie to each other. None of them is opened.
final class Gcc {
    private Gcc() {}

    static void assumeThere() {
        assumeTrue(
                Stream.of("/usr/bin/gcc", "/usr/local/bin/gcc")
                        .anyMatch(gcc -> Files.exists(Path.of(gcc))),
                "there is no gcc here");
    }

    /// A library with the function `symbol`, linked with these options and libraries.
    static Path library(Path file, String symbol, Object... options) throws Exception {
        Path source = Files.createTempFile("library", ".c");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(source, "int %s(void) { return 1; }\n".formatted(symbol));
            List<String> command =
                    new ArrayList<>(
                            List.of("gcc", "-shared", "-fPIC", "-nostdlib", "-o", file.toString()));
            command.add(source.toString());
            command.add("-Wl,--no-as-needed");
            Stream.of(options).map(Object::toString).forEach(command::add);
            Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(gcc.getInputStream().readAllBytes());
            assertThat(gcc.waitFor()).as(said).isZero();
            return file;
        } finally {
            Files.delete(source);
        }
    }

    /// An op library for ONNX Runtime, as far as its file tells.
    static Path opLibrary(Path file, Object... options) throws Exception {
        return library(file, "RegisterCustomOps", options);
    }

    static Path file(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }
}
