package dev.espalier.sdk.test;

import dev.espalier.sdk.Model;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A jar with a model, as its build would make it.
final class ModelJarFile {
    private static final String SERVICES = "META-INF/services/" + Model.class.getName();

    private ModelJarFile() {}

    /// Makes it of a folder of classes, or copies it. A folder that names no models gets this one.
    static Path make(Path from, Class<? extends Model> type, Path jar) throws IOException {
        if (Files.isRegularFile(from)) {
            return Files.copy(from, jar);
        }
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> walk = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> files = walk.filter(Files::isRegularFile).toList();
            for (Path file : files) {
                zip.putNextEntry(new ZipEntry(from.relativize(file).toString()));
                zip.write(Files.readAllBytes(file));
            }
            if (!files.contains(from.resolve(SERVICES))) {
                zip.putNextEntry(new ZipEntry(SERVICES));
                zip.write(type.getName().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
