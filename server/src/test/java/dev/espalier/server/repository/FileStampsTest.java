package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class FileStampsTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir private Path folder;
    private Path file;
    private FileStamps before;

    @BeforeEach
    void look() throws IOException {
        file = write(folder.resolve("1/ops/lib.so"), "first");
        before = now();
    }

    private static Path write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return Files.setLastModifiedTime(file, LONG_AGO);
    }

    private FileStamps now() {
        return FileStamps.of(List.of(folder));
    }

    @Test
    void areEqualWhileNothingChanges() {
        assertThat(now()).isEqualTo(before);
        assertThat(now().differences(before)).isEmpty();
    }

    @Test
    void differWhenAFileIsWrittenInPlace() throws IOException {
        Files.writeString(file, "other");

        assertThat(now()).isNotEqualTo(before);
        assertThat(now().differences(before)).containsExactly(file);
    }

    @Test
    void differWhenAFileOfTheSameSizeAndTimeIsRenamedOverIt() throws IOException {
        Path other = write(folder.resolveSibling("other"), "other");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(now().differences(before)).containsExactly(file);
    }

    @Test
    void differWhenSomethingIsAddedOrRemoved() throws IOException {
        Path added = Files.createDirectory(folder.resolve("2"));

        assertThat(now().differences(before)).containsExactly(added);
        Files.delete(added);
        assertThat(now()).isEqualTo(before);
        Files.delete(file);
        assertThat(before.differences(now())).containsExactly(file);
    }

    @Test
    void lookThroughLinks(@TempDir Path elsewhere) throws IOException {
        Path target = write(elsewhere.resolve("model.onnx"), "1");
        Files.createSymbolicLink(folder.resolve("1/model.onnx"), target);
        FileStamps linked = now();
        Files.writeString(target, "2");

        assertThat(now()).isNotEqualTo(linked);
    }

    @Test
    void ofNothingAreNone() {
        assertThat(FileStamps.of(List.of(folder.resolve("absent")))).isEqualTo(FileStamps.NONE);
    }
}
