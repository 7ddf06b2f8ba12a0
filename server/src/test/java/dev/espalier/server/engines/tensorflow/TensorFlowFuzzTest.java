package dev.espalier.server.engines.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import dev.espalier.server.formats.WireMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in a model file: it is read, or refused with a text that says what is wrong.
final class TensorFlowFuzzTest {
    static Stream<byte[]> files() throws IOException {
        Path models = Path.of(System.getProperty("espalier.root", ".."), "tests/models/tensorflow");
        byte[] sound = SavedModelReaderTest.sound();
        return Stream.of(
                Files.readAllBytes(models.resolve("plus/1/model.savedmodel/saved_model.pb")),
                Files.readAllBytes(models.resolve("zero_out_graphdef/1/model.graphdef")),
                sound,
                Arrays.copyOf(sound, sound.length / 2),
                new byte[0],
                // A graph that is longer than the file, of negative length; a graph in no message.
                new WireMessage().raw(0x12, 0x7f).bytes(),
                new WireMessage().raw(0x12, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1).bytes(),
                new WireMessage().message(2, new WireMessage().number(2, 7)).bytes());
    }

    @MethodSource("files")
    @FuzzTest
    void readsModelFiles(byte[] file) throws IOException {
        try {
            TensorFlowModel model = SavedModelReader.read(new MemoryFile(file), Map.of());
            assertThat(model.ops().size() + model.inputs().size()).isLessThanOrEqualTo(file.length);
        } catch (FormatException refused) {
            assertThat(refused).hasMessageMatching("(?s).+ at byte \\d+|no (graph|signature) .+");
        }
        try {
            TensorFlowModel model = GraphDefReader.read(new MemoryFile(file));
            assertThat(model.ops().size()).isBetween(1, file.length);
        } catch (FormatException refused) {
            assertThat(refused).hasMessageMatching("(?s).+ at byte \\d+");
        }
    }
}
