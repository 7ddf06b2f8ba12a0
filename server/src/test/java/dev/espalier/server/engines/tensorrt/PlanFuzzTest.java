package dev.espalier.server.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in a plan: it is read, or refused with a text that says what is wrong.
final class PlanFuzzTest {
    static Stream<byte[]> files() {
        byte[] sound =
                new PlanFile().plugin("ScaleBy", "1", "").plugin("ScaleBy", "2", "acme").bytes();
        return Stream.of(
                sound,
                Arrays.copyOf(sound, sound.length / 2),
                Arrays.copyOf(sound, 27),
                new byte[0],
                new PlanFile().plugin("A", "1", "").zeros(1 << 20).plugin("B", "1", "").bytes(),
                // A text that is longer than the file.
                new PlanFile().raw(0x18, 0x80, 1, 0).number(200).bytes());
    }

    @MethodSource("files")
    @FuzzTest
    void readsPlans(byte[] file) throws IOException {
        try {
            PlanModel plan = PlanReader.read(new MemoryFile(file));
            assertThat(plan.version()).matches("1[01]\\.\\d+\\.\\d+");
            assertThat(plan.plugins().size() * 80L).isLessThanOrEqualTo(file.length);
        } catch (FormatException refused) {
            assertThat(refused).hasMessageMatching("it .+|its header .+");
        }
    }
}
