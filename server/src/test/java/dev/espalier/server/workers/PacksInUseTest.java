package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.espalier.server.ops.EngineVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(10)
class PacksInUseTest {
    @TempDir Path folder;
    private final PacksInUse packs = new PacksInUse();
    private EnginePack pack;

    @BeforeEach
    void pack() {
        pack =
                new EnginePack(
                        new EngineVersion("tensorflow", "2.16.2"),
                        folder,
                        folder.resolve("a.so"),
                        new WorkerProgram(Path.of("none.jar"), "Main", "Probe"));
    }

    private boolean isLocked() throws IOException {
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            return free == null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return true;
        }
    }

    @Test
    void areLockedUntilTheLastHostHasEnded() throws IOException {
        Files.createFile(folder.resolve("lock"));
        packs.add(pack);
        packs.add(pack);
        packs.remove(pack.engine());
        assertThat(isLocked()).isTrue();
        packs.remove(pack.engine());
        assertThat(isLocked()).isFalse();
    }

    @Test
    void areUnlockedWithTheServersEnd() throws IOException {
        Files.createFile(folder.resolve("lock"));
        packs.add(pack);
        packs.close();
        assertThat(isLocked()).isFalse();
    }

    @Test
    void needNoLockWhereTheyCameWithTheServer() {
        assertThatCode(
                        () -> {
                            packs.add(pack);
                            packs.remove(pack.engine());
                        })
                .doesNotThrowAnyException();
        assertThat(folder).isEmptyDirectory();
    }
}
