package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class VersionFilesTest {
    @TempDir private Path folder;
    private Path source;
    private Path copy;

    @BeforeEach
    void makeAVersion() throws IOException {
        source = folder.resolve("model/1");
        copy = folder.resolve("copies/7");
        Files.createDirectories(source.resolve("ops"));
        Files.createDirectories(source.resolve("data"));
        Files.writeString(source.resolve("model.onnx"), "model");
        Files.writeString(source.resolve("data/weights.bin"), "weights");
        Files.writeString(source.resolve("ops/libop.so"), "library");
    }

    @Test
    void holdEverythingButTheOpLibraries() throws IOException {
        VersionFiles files = VersionFiles.copy(source, copy);

        assertThat(files.copyOf(source.resolve("model.onnx")))
                .isEqualTo(copy.resolve("model.onnx"))
                .hasContent("model");
        assertThat(copy.resolve("data/weights.bin")).hasContent("weights");
        assertThat(copy.resolve("ops")).doesNotExist();
    }

    @Test
    void stayAsTheyAreWhateverIsDoneToTheUsersFiles() throws IOException {
        VersionFiles files = VersionFiles.copy(source, copy);
        Files.writeString(source.resolve("data/weights.bin"), "");
        Files.delete(source.resolve("model.onnx"));

        assertThat(files.copyOf(source.resolve("model.onnx"))).hasContent("model");
        assertThat(copy.resolve("data/weights.bin")).hasContent("weights");
    }

    @Test
    void knowWhetherTheUsersFilesAreStillTheSame() throws IOException {
        VersionFiles files = VersionFiles.copy(source, copy);
        Files.writeString(source.resolve("ops/libop.so"), "another library");
        assertThat(files.isCopyOf(source)).isTrue();
        Files.writeString(source.resolve("data/weights.bin"), "WEIGHTS");
        assertThat(files.isCopyOf(source)).isFalse();
        Files.writeString(source.resolve("data/weights.bin"), "weights");
        assertThat(files.isCopyOf(source)).isTrue();
        Files.writeString(source.resolve("data/more.bin"), "");
        assertThat(files.isCopyOf(source)).isFalse();
    }

    @Test
    void areNoCopyOfAnotherFolderWithTheSameFiles() throws IOException {
        VersionFiles files = VersionFiles.copy(source, copy);
        VersionFiles same = VersionFiles.copy(source, folder.resolve("same"));
        assertThat(files.isCopyOf(folder.resolve("same"))).isFalse();
        assertThat(same.isCopyOf(source)).isTrue();
    }

    @Test
    void copyWhatLinksPointTo() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "far");
        Files.createSymbolicLink(source.resolve("linked"), elsewhere);
        VersionFiles.copy(source, copy);
        Files.writeString(elsewhere, "");

        assertThat(copy.resolve("linked")).hasContent("far");
    }

    @Test
    void goWithTheLastWhoNeedsThem() throws IOException {
        VersionFiles files = VersionFiles.copy(source, copy);
        assertThat(files.hold()).isTrue();
        files.close();
        assertThat(copy).exists();
        files.close();

        assertThat(copy).doesNotExist();
        assertThat(files.hold()).isFalse();
    }

    @Test
    void leaveNothingBehindWhenTheyCannotBeMade() {
        assertThatThrownBy(() -> VersionFiles.copy(folder.resolve("absent"), copy))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(copy).doesNotExist();
    }

    @Test
    void areCalledByTheUsersNames() throws IOException {
        VersionFiles files = VersionFiles.copy(source, copy);

        assertThat(files.inUsersTerms("Load model from " + copy + "/model.onnx failed"))
                .isEqualTo("Load model from " + source + "/model.onnx failed");
    }
}
