package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class PrivateFolderTest {
    @TempDir private Path shared;

    @Test
    void removesWhatAServerThatDiedHasLeft() throws IOException {
        Path left = Files.createDirectories(shared.resolve("died/1"));
        Files.writeString(left.resolve("model.onnx"), "");
        Files.writeString(shared.resolve("died/.lock"), "");

        try (PrivateFolder _ = new PrivateFolder(shared)) {
            assertThat(shared.resolve("died")).doesNotExist();
        }
    }

    @Test
    void leavesAloneWhatAnotherServerUses() throws IOException {
        try (PrivateFolder first = new PrivateFolder(shared)) {
            Path used = Files.createDirectory(first.next());
            try (PrivateFolder second = new PrivateFolder(shared)) {
                assertThat(used).exists();
                assertThat(second.next()).isNotEqualTo(used);
            }
        }
    }

    @Test
    void goesWithEverythingInIt() throws IOException {
        Path made;
        try (PrivateFolder folder = new PrivateFolder(shared)) {
            made = Files.createDirectories(folder.next());
            assertThat(made).isNotEqualTo(folder.next());
        }
        assertThat(made.getParent()).doesNotExist();
    }
}
