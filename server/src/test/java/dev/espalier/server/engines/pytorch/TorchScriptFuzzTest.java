package dev.espalier.server.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in an archive: it is read, or refused with a text that says what is wrong.
final class TorchScriptFuzzTest {
    static Stream<byte[]> files() {
        byte[] sound =
                TorchScriptReaderTest.archive(
                        Map.of("m/code/x.py", "_0 = ops.a.b(x)", "m/data.pkl", "weights"));
        byte[] large = sound.clone();
        // The list's size, in the record at the end.
        Arrays.fill(large, large.length - 10, large.length - 6, (byte) -1);
        return Stream.of(sound, Arrays.copyOf(sound, sound.length / 2), large, new byte[0]);
    }

    @MethodSource("files")
    @FuzzTest
    void readsArchives(byte[] file) throws IOException {
        try {
            assertThat(TorchScriptReader.read(new MemoryFile(file)).ops().size())
                    .isLessThanOrEqualTo(10_000);
        } catch (FormatException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}
