package dev.espalier.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What lies where users put files need not be one. To open the FIFO here would take for ever.
@Timeout(20)
class RegularFileTest {
    @TempDir Path folder;

    private Path fifo() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        return fifo;
    }

    @Test
    void waitsForNoPipe() throws Exception {
        Path fifo = fifo();
        Path link = Files.createSymbolicLink(folder.resolve("link"), fifo);
        for (Path file : new Path[] {fifo, link}) {
            assertThatThrownBy(() -> RegularFile.open(file))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            file + ": is a pipe, a socket or a device (expected: a regular file)");
        }
    }

    @Test
    void readsNoDeviceAndNoFolder() {
        assertThatThrownBy(() -> RegularFile.bytes(Path.of("/dev/zero"), 100))
                .hasMessageContaining("is a pipe, a socket or a device");
        assertThatThrownBy(() -> RegularFile.bytes(folder, 100))
                .hasMessageContaining("is a folder (expected: a regular file)");
        assertThatThrownBy(() -> RegularFile.open(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void readsSmallTextsOnly() throws Exception {
        Path file = Files.writeString(folder.resolve("text"), "grün");
        assertThat(RegularFile.text(file, 5)).isEqualTo("grün");
        assertThatThrownBy(() -> RegularFile.text(file, 4))
                .hasMessage(file + ": has 5 bytes (expected: 4 at most)");
        Files.write(file, new byte[] {(byte) 0xfc});
        assertThatThrownBy(() -> RegularFile.text(file, 4))
                .isInstanceOf(CharacterCodingException.class);
    }
}
