package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(10)
class EnginePackTest {
    @TempDir Path directory;

    private void describe(String text) throws IOException {
        Path folder = Files.createDirectory(directory.resolve("onnxruntime-1.2.3"));
        Files.writeString(folder.resolve("engine.properties"), text);
    }

    @Test
    void readsWhatAPackSaysOfItself() throws IOException {
        describe(
                """
                engine=onnxruntime
                version=1.2.3
                library.%s=native/libonnxruntime.so
                worker.classpath=../../lib/worker.jar
                worker.main=a.Main
                probe.main=a.Probe
                """
                        .formatted(System.getProperty("os.arch")));
        Files.createDirectory(directory.resolve("no pack"));
        assertThat(EnginePack.in(directory))
                .containsExactly(
                        new EnginePack(
                                "onnxruntime",
                                "1.2.3",
                                directory.resolve("onnxruntime-1.2.3/native/libonnxruntime.so"),
                                directory.resolve("../lib/worker.jar").normalize(),
                                "a.Main",
                                "a.Probe"));
    }

    @Test
    void saysWhatAPackDoesNotSay() throws IOException {
        describe("engine=onnxruntime\nlibrary.%s=a.so\n".formatted(System.getProperty("os.arch")));
        assertThatThrownBy(() -> EnginePack.in(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("engine.properties has no 'version'");
    }

    @Test
    void passesOverAPackForOtherMachines() throws IOException {
        describe("engine=onnxruntime\nversion=1.2.3\nlibrary.pdp11=a.so\n");
        assertThat(EnginePack.in(directory)).isEmpty();
    }

    @Test
    void findsNothingWhereThereIsNothing() throws IOException {
        assertThat(EnginePack.in(directory.resolve("absent"))).isEmpty();
    }
}
