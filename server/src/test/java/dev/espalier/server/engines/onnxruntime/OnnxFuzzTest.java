package dev.espalier.server.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import dev.espalier.server.formats.WireMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in a model file: it is read, or refused with a text that says where it is broken.
final class OnnxFuzzTest {
    static Stream<byte[]> files() throws IOException {
        return Stream.concat(real(), hostile());
    }

    /// The smallest of the models that the tests serve.
    private static Stream<byte[]> real() throws IOException {
        Path models = Path.of(System.getProperty("espalier.root", ".."), "tests/models");
        try (Stream<Path> files = Files.walk(models)) {
            return files
                    .filter(file -> file.endsWith("model.onnx"))
                    .sorted()
                    .map(OnnxFuzzTest::content)
                    .filter(content -> content.length < 1000)
                    .toList()
                    .stream();
        }
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Stream<byte[]> hostile() {
        byte[] sound = OnnxReaderTest.model(new WireMessage()).bytes();
        return Stream.of(
                sound,
                Arrays.copyOf(sound, sound.length - 1),
                new byte[0],
                OnnxReaderTest.nested(1000),
                // A graph that is longer than the file, of negative length, of more than ten bytes.
                new WireMessage().raw(0x3a, 0x7f).bytes(),
                new WireMessage().raw(0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1).bytes(),
                new WireMessage().raw(0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1).bytes(),
                // A fixed field and a group at the end, a field without a number.
                new WireMessage().message(7, new WireMessage()).raw(0x09, 0).bytes(),
                new WireMessage().raw(0x3b).bytes(),
                new WireMessage().raw(0x00).bytes(),
                new WireMessage().data(7, new byte[] {0x0a, 0x10, 0x22, 0x7f}).bytes());
    }

    @MethodSource("files")
    @FuzzTest
    void readsModelFiles(byte[] file) throws IOException {
        try {
            OnnxModel model = OnnxReader.read(new MemoryFile(file));
            assertThat(model.ops().size() + model.inputs().size()).isLessThanOrEqualTo(file.length);
        } catch (FormatException refused) {
            assertThat(refused).hasMessageMatching("(?s).+ at byte \\d+");
        }
    }
}
