package dev.espalier.server.workers;

import dev.espalier.link.ForeignFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What dead workers left, a file a death in the state folder: how it died, its last lines, and its JVM's
/// report. The newest are kept. A full disk costs the record, never more.
final class DeathRecords {
    private static final Logger LOG = System.getLogger(DeathRecords.class.getName());
    private static final int KEPT = 100;
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?> FILE_RIGHTS = rights("rw-------");
    private static final FileAttribute<?> FOLDER_RIGHTS = rights("rwx------");
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss.SSS").withZone(ZoneOffset.UTC);

    private final Path folder;

    private static FileAttribute<?> rights(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

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
            makeFolder();
            Files.deleteIfExists(partial);
            try (OutputStream record =
                    Channels.newOutputStream(Files.newByteChannel(partial, NEW, FILE_RIGHTS))) {
                record.write(text(death, models, lastLines).getBytes(StandardCharsets.UTF_8));
                append(record, errorFile);
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

    private static void append(OutputStream record, Path errorFile) throws IOException {
        byte[] report;
        try {
            report = ForeignFile.head(errorFile, CrashReport.MOST_BYTES);
        } catch (IOException _) {
            return; // There is none, or something else lies there.
        }
        record.write("\nThe report of its JVM:\n".getBytes(StandardCharsets.UTF_8));
        record.write(report);
    }

    /// What a worker leaves may hold what its model was asked: it is nobody else's to read.
    private void makeFolder() throws IOException {
        Files.createDirectories(folder, FOLDER_RIGHTS);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
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
