package dev.espalier.server.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class PlanReaderTest {
    private static PlanModel read(byte[] file) throws IOException, FormatException {
        return PlanReader.read(new MemoryFile(file));
    }

    private static void assertRefused(byte[] file, String message) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(FormatException.class)
                .hasMessage(message);
    }

    @Test
    void tellsWhichTensorRtBuiltThePlan() throws Exception {
        PlanModel plan = read(new PlanFile().bytes(11, 2, 1));
        assertThat(plan.version()).isEqualTo("11.2.1");
        assertThat(plan.needs().engineVersion()).isEqualTo("11.2.1");
        assertThat(plan.inputs()).isEmpty();
    }

    @Test
    void findsPluginsByNameVersionAndNamespace() throws Exception {
        byte[] file =
                new PlanFile()
                        .text("Unnamed Network 1")
                        .zeros(3)
                        .plugin("ScaleBy", "1", "")
                        .raw(7, 0x80)
                        .plugin("ScaleBy", "2", "acme")
                        .zeros(8)
                        .text("V3ONE")
                        .text("(Unnamed Layer* 0)")
                        .bytes();
        assertThat(read(file).plugins()).containsExactlyInAnyOrder("ScaleBy@1", "acme:ScaleBy@2");
        assertThat(read(file).needs().custom())
                .contains(new OpNeed(new OpName("", "acme:ScaleBy@2"), 1));
    }

    @Test
    void needsNoLibraryForPluginsThatComeWithTensorRt() throws Exception {
        PlanModel plan =
                read(
                        new PlanFile()
                                .plugin("EfficientNMS_TRT", "1", "")
                                .plugin("Mine", "1", "")
                                .bytes());
        assertThat(plan.plugins()).hasSize(2);
        assertThat(plan.needs().custom()).containsExactly(new OpNeed(new OpName("", "Mine@1"), 1));
    }

    /// Around the places where one piece of the file ends and the next begins.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 25, 52, 100, 840, 844, 846, 847, 873, 900})
    void findsPluginsWhereverTheyStand(int before) throws Exception {
        int at = (1 << 20) - 28 - before;
        byte[] file = new PlanFile().zeros(at).plugin("Mine", "1", "x").zeros(3 << 20).bytes();
        assertThat(read(file).plugins()).containsExactly("x:Mine@1");
    }

    @Test
    void findsThemAtTheVeryEndToo() throws Exception {
        byte[] file = new PlanFile().zeros((1 << 20) - 28 - 83).plugin("Mine", "1", "").bytes();
        assertThat(file).hasSize(1 << 20);
        assertThat(read(file).plugins()).containsExactly("Mine@1");
        assertThat(
                        read(Arrays.copyOf(new PlanFile().plugin("Mine", "1", "").bytes(), 28 + 90))
                                .plugins())
                .hasSize(1);
    }

    @Test
    void takesNothingElseForAPlugin() throws Exception {
        PlanFile file =
                new PlanFile()
                        .plugin("", "1", "")
                        .plugin("NoVersion", "", "")
                        .plugin("Control\u0007", "1", "")
                        .plugin("L".repeat(256), "1", "")
                        .text("Two")
                        .text("1")
                        .raw(0x18, 0x80, 1, 0)
                        .number(-1)
                        .raw(1, 0x80, 0x0c, 0x80, 1, 0)
                        .number(-1)
                        .text("Apart")
                        .zeros(1)
                        .text("1")
                        .zeros(1)
                        .text("");
        assertThat(read(file.bytes()).plugins()).isEmpty();
    }

    @Test
    void refusesPlansThatCallWithoutEnd() {
        PlanFile file = new PlanFile();
        for (int i = 0; i <= 1000; i++) {
            file.plugin("P" + i, "1", "");
        }
        assertRefused(file.bytes(), "it calls more than 1000 plug-ins");
    }

    @ParameterizedTest
    @CsvSource({"8, 6, 1, 8.6.1", "12, 0, 0, 12.0.0", "0, 0, 0, 0.0.0", "255, 1, 2, 255.1.2"})
    void refusesOtherVersions(int major, int minor, int patch, String text) {
        assertRefused(
                new PlanFile().bytes(major, minor, patch),
                "it was built with TensorRT %s (expected: 10.x or 11.x)".formatted(text));
    }

    @Test
    void refusesWhatIsNoWholePlan() {
        assertRefused(new byte[0], "it has 0 bytes (expected: a header of 28, and a plan)");
        byte[] other = new PlanFile().bytes();
        other[0] = 'p';
        assertRefused(other, "it begins with 70747274 (expected: the letters ftrt)");
        byte[] cut = Arrays.copyOf(new PlanFile().zeros(100).bytes(), 60);
        assertRefused(cut, "its header tells of 128 bytes, and the file has 60; copy it anew");
        byte[] endless = new PlanFile().bytes();
        Arrays.fill(endless, 16, 24, (byte) -1);
        assertRefused(
                endless,
                "its header tells of 18446744073709551615 bytes, and the file has 28; copy it"
                        + " anew");
    }
}
