package dev.espalier.installer;

import dev.espalier.installer.products.Product;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Finds out which version an engine's library is.
interface Natives {
    /// Loads it, which shows that it can be loaded.
    ///
    /// @throws InstallException when it cannot
    String version(Product product, Path library) throws InstallException;

    /// Loads it in a process of its own: a library that ends its process ends that one only.
    static String inProcess(Product product, Path library) throws InstallException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=/dev/null",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LibraryVersion.class.getName(),
                        product.engine(),
                        library.toString());
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .strip();
            int code = process.waitFor();
            if (code != 0) {
                throw new InstallException(
                        "%s cannot be loaded on this machine: %s"
                                .formatted(
                                        library.getFileName(),
                                        code == LibraryVersion.REFUSED
                                                ? said
                                                : "the process that tried it ended with code "
                                                        + code));
            }
            return said;
        } catch (IOException failure) {
            throw new InstallException(
                    "no process can be started to try the library: " + failure.getMessage(),
                    failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new InstallException("interrupted", interruption);
        }
    }
}
