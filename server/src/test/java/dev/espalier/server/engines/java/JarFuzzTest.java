package dev.espalier.server.engines.java;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in a jar: it is taken, or refused with a text that says what is wrong.
final class JarFuzzTest {
    static Stream<byte[]> files() {
        byte[] sound = JarReaderTest.jar("META-INF/MANIFEST.MF", "a/B.class");
        return Stream.of(
                sound,
                JarReaderTest.jar("../a"),
                JarReaderTest.claiming(sound, -1),
                Arrays.copyOf(sound, sound.length / 2),
                new byte[0]);
    }

    @MethodSource("files")
    @FuzzTest
    void readsJars(byte[] file) throws IOException {
        try {
            JarReader.check(new MemoryFile(file));
        } catch (FormatException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}
