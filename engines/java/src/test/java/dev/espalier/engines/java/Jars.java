package dev.espalier.engines.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// Makes jars of sources, as their authors' builds do.
final class Jars {
    private final Path folder;

    /// @param folder where everything lies that is made
    Jars(Path folder) {
        this.folder = folder;
    }

    /// A jar with a class `example.M` of this body, which is a model of that name.
    Path model(String body, String... options) throws IOException {
        return jar(
                "1/model.jar",
                classes(Map.of("example/M.java", source("M", body)), options),
                Map.of(ModelJar.SERVICES, "example.M\n"));
    }

    static String source(String name, String body) {
        return """
        package example;
        import dev.espalier.sdk.*;
        import dev.espalier.tensor.*;
        import java.util.*;
        public class %s implements Model {
            %s
        }
        """
                .formatted(name, body);
    }

    /// Compiles sources, by their paths, to a folder of classes. They may use those in `library/`.
    Path classes(Map<String, String> sources, String... options) throws IOException {
        Path from = Files.createTempDirectory(folder, "src");
        Path to = Files.createTempDirectory(folder, "classes");
        List<String> files = new ArrayList<>();
        for (var source : sources.entrySet()) {
            Path file = from.resolve(source.getKey());
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(file, source.getValue()).toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-d",
                                to.toString(),
                                "-cp",
                                System.getProperty("java.class.path")
                                        + File.pathSeparator
                                        + folder.resolve("library")));
        arguments.addAll(List.of(options));
        boolean good =
                compiler.getTask(
                                said,
                                null,
                                null,
                                arguments,
                                null,
                                compiler.getStandardFileManager(null, null, null)
                                        .getJavaFileObjects(files.toArray(String[]::new)))
                        .call();
        assertThat(good).as(said.toString()).isTrue();
        return to;
    }

    /// Packs a folder of classes, and further files, into a jar.
    Path jar(String name, Path classes, Map<String, String> further) throws IOException {
        Path jar = folder.resolve(name);
        Files.createDirectories(jar.getParent());
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                zip.write(Files.readAllBytes(file));
            }
            for (var file : further.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
