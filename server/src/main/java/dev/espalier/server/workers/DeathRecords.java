package dev.espalier.server.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/// What dead workers left, a file a death in the state folder: how it died, its last lines, and its JVM's
/// report. The newest are kept. A full disk costs the record, never more.
final class DeathRecords {
    private static final Logger LOG = System.getLogger(DeathRecords.class.getName());
    private static final int KEPT = 100;
    private static final int LARGEST_REPORT = 1 << 20;
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss.SSS").withZone(ZoneOffset.UTC);

    private final Path folder;

    DeathRecords(Path folder) {
        this.folder = folder;
    }

    /// Keeps what is known of a death.
    ///
    /// @param models the names of the models that the worker had
    /// @return the file; empty where it could not be written
    synchronized String keep(
            Death death, List<String> models, List<String> lastLines, Path errorFile) {
        Path file = folder.resolve("%s-%d.txt".formatted(NAME.format(death.at()), death.pid()));
        Path partial = folder.resolve(".partial");
        try {
            Files.createDirectories(folder);
            Files.writeString(partial, text(death, models, lastLines));
            if (Files.exists(errorFile)) {
                append(partial, errorFile);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            rotate();
            return file.toString();
        } catch (IOException | UncheckedIOException failure) {
            LOG.log(
                    Level.WARNING,
                    "the record of a worker''s death cannot be kept in {0} (see"
                            + " --state-directory): {1}",
                    folder,
                    failure.getMessage());
            return "";
        }
    }

    private static String text(Death death, List<String> models, List<String> lastLines) {
        StringBuilder text = new StringBuilder();
        text.append(death.text()).append("\n\nat:     ").append(death.at());
        text.append("\nmodels: ").append(String.join(", ", models));
        text.append("\n\nThe last lines that it wrote:\n");
        lastLines.forEach(line -> text.append("  ").append(line).append('\n'));
        return text.toString();
    }

    private static void append(Path record, Path errorFile) throws IOException {
        try (var report = Files.newInputStream(errorFile)) {
            byte[] bytes = report.readNBytes(LARGEST_REPORT);
            Files.writeString(record, "\nThe report of its JVM:\n", StandardOpenOption.APPEND);
            Files.write(record, bytes, StandardOpenOption.APPEND);
        }
    }

    private void rotate() throws IOException {
        List<Path> records;
        try (Stream<Path> files = Files.list(folder)) {
            // Their names begin with the time.
            records = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
        }
        for (Path old : records.subList(0, Math.max(0, records.size() - KEPT))) {
            Files.deleteIfExists(old);
        }
    }
}
