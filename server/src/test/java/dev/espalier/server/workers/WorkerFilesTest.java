package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.ops.OpLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is laid for a worker is there for it, takes no room, and goes without the originals.
@Timeout(20)
class WorkerFilesTest {
    @TempDir Path root;
    private WorkerFiles files;

    @BeforeEach
    void make() throws IOException {
        files = new WorkerFiles(root.resolve("worker"));
    }

    private Path file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    @Test
    void laysALibraryAsItLiesToItsParts() throws Exception {
        Path stored = file("store/1f2e/vendor/libx.so", "library");
        Path part = file("store/1f2e/x.libs/liby.so", "part");
        OpLibrary library =
                new OpLibrary(
                        "1f2e", "1f2e", stored, root.resolve("store/1f2e"), stored, List.of());
        Path laid = files.lay(library);
        assertThat(laid).startsWith(files.folder()).hasFileName("libx.so");
        assertThat(inode(laid)).isEqualTo(inode(stored));
        assertThat(inode(laid.resolveSibling("../x.libs/liby.so"))).isEqualTo(inode(part));
        assertThat(files.lay(library)).isEqualTo(laid);
    }

    @Test
    void laysEachModelInAFolderOfItsOwn() throws Exception {
        Path model = file("models/1/model.onnx", "graph");
        file("models/1/deep/weights", "weights");
        Path first = files.lay(root.resolve("models/1"));
        Path second = files.lay(root.resolve("models/1"));
        assertThat(first).isNotEqualTo(second);
        files.remove(first);
        assertThat(first).doesNotExist();
        assertThat(second.resolve("deep/weights")).hasContent("weights");
        assertThat(inode(second.resolve("model.onnx"))).isEqualTo(inode(model));
        files.remove();
        assertThat(files.folder()).doesNotExist();
        assertThat(model).hasContent("graph");
    }

    /// Workers may run as another user.
    @Test
    void letsEverybodyReadBelowTheServersFolder() throws Exception {
        file("models/1/deep/weights", "weights");
        Path laid = files.lay(root.resolve("models/1"));
        for (Path folder : List.of(files.folder(), laid.getParent(), laid, laid.resolve("deep"))) {
            assertThat(Files.getPosixFilePermissions(folder))
                    .as(folder.toString())
                    .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertThat(Files.getPosixFilePermissions(laid.resolve("deep/weights")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }
}
