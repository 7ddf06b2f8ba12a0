package dev.espalier.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ForeignFileTest {
    private static final int MOST = 1 << 20;

    @TempDir Path folder;

    private void isRefused(Path file) {
        assertThatThrownBy(() -> ForeignFile.head(file, MOST)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ForeignFile.headByName(file, MOST))
                .isInstanceOf(IOException.class);
    }

    @Test
    void readsAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("täglich"), "words");
        assertThat(ForeignFile.head(file, MOST)).asString(UTF_8).isEqualTo("words");
        assertThat(ForeignFile.head(file, 2)).asString(UTF_8).isEqualTo("wo");
        assertThat(ForeignFile.head(file, 0)).isEmpty();
        assertThat(ForeignFile.headByName(file, MOST)).asString(UTF_8).isEqualTo("words");
    }

    @Test
    void readsNoMoreThanItIsTold() throws Exception {
        Path file = folder.resolve("sparse");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThat(ForeignFile.head(file, MOST)).hasSize(MOST);
        assertThat(ForeignFile.headByName(file, MOST)).hasSize(MOST);
    }

    @Test
    void followsNoLink() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "token");
        isRefused(Files.createSymbolicLink(folder.resolve("link"), secret));
    }

    @Test
    void readsNothingThatHasASecondName() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "token");
        Path second = Files.createLink(folder.resolve("second"), secret);
        assertThatThrownBy(() -> ForeignFile.head(second, MOST))
                .hasMessageContaining("second is not read");
    }

    @Test
    void waitsForNobodyAtTheOtherEndOfAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        isRefused(pipe);
    }

    @Test
    void readsNoFolderAndNothingThatIsNotThere() throws Exception {
        isRefused(Files.createDirectory(folder.resolve("inner")));
        isRefused(folder.resolve("nothing"));
        isRefused(Path.of("/dev/zero"));
    }
}
