package dev.espalier.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Folders that a hostile process has filled go, and nothing else does.
@Timeout(60)
class FolderRemovalTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    @TempDir Path root;

    private Path folder() throws IOException {
        return Files.createDirectories(root.resolve("folder"));
    }

    @Test
    void removesFilesAndFolders() throws Exception {
        Files.createDirectories(folder().resolve("a/b/c"));
        Files.writeString(root.resolve("folder/a/b/file"), "x");
        Files.createDirectory(root.resolve("folder/empty"));
        assertThat(FolderRemoval.remove(folder(), LIMIT)).isTrue();
        assertThat(root).isEmptyDirectory();
        assertThat(FolderRemoval.remove(root.resolve("folder"), LIMIT)).as("gone already").isTrue();
    }

    @Test
    void followsNoLink() throws Exception {
        Path canary = Files.createDirectory(root.resolve("canary"));
        Files.writeString(canary.resolve("file"), "mine");
        Files.createSymbolicLink(folder().resolve("link"), canary);
        Files.createSymbolicLink(Files.createDirectory(folder().resolve("a")).resolve("b"), canary);
        assertThat(FolderRemoval.remove(folder(), LIMIT)).isTrue();
        Path link = Files.createSymbolicLink(root.resolve("folder"), canary);
        assertThat(FolderRemoval.remove(link, LIMIT)).isTrue();
        assertThat(link).doesNotExist();
        assertThat(canary.resolve("file")).hasContent("mine");
    }

    /// No path leads to the innermost one: it would be longer than the kernel allows.
    @Test
    void removesFoldersDeeperThanAnyPath() throws Exception {
        Path script =
                Files.writeString(
                        root.resolve("deep.sh"),
                        """
                        cd "$1"
                        for i in 1 2 3 4; do mkdir -p "$2" && cd -P "$2" || exit 1; done
                        """);
        Process shell =
                new ProcessBuilder("sh", script.toString(), folder().toString(), "d/".repeat(1_000))
                        .inheritIO()
                        .start();
        assertThat(shell.waitFor()).isZero();
        assertThat(FolderRemoval.remove(folder(), LIMIT)).isTrue();
        assertThat(root.resolve("folder")).doesNotExist();
    }

    @Test
    void looksIntoFoldersThatNobodyMayEnter() throws Exception {
        Path closed = Files.createDirectory(folder().resolve("closed"));
        Files.writeString(closed.resolve("file"), "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        assertThat(FolderRemoval.remove(folder(), LIMIT)).isTrue();
    }

    /// Somebody goes on making files, and exchanges a folder for a link and back.
    @Test
    void endsThoughSomebodyGoesOnFillingIt() throws Exception {
        Path canary = Files.createDirectory(root.resolve("canary"));
        Files.writeString(canary.resolve("file"), "mine");
        Path place = folder();
        AtomicBoolean over = new AtomicBoolean();
        Thread filler = Thread.ofPlatform().start(() -> fill(place, canary, over));
        try {
            boolean _ = FolderRemoval.remove(place, Duration.ofSeconds(1));
        } finally {
            over.set(true);
            filler.join();
        }
        assertThat(FolderRemoval.remove(place, LIMIT)).isTrue();
        assertThat(place).doesNotExist();
        assertThat(canary.resolve("file")).hasContent("mine");
    }

    private static void fill(Path place, Path canary, AtomicBoolean over) {
        for (int i = 0; !over.get(); i++) {
            try {
                Path folder = place.resolve("folder" + i % 10);
                Files.createDirectories(folder.resolve("inner"));
                Files.writeString(folder.resolve("inner/file"), "x");
                Path exchanged = place.resolve("exchanged");
                if (Files.isSymbolicLink(exchanged)) {
                    Files.delete(exchanged);
                    Files.createDirectory(exchanged);
                } else {
                    if (Files.exists(exchanged, LinkOption.NOFOLLOW_LINKS)) {
                        Files.delete(exchanged);
                    }
                    Files.createSymbolicLink(exchanged, canary);
                }
            } catch (IOException _) {
                // It was taken away.
            }
        }
    }
}
