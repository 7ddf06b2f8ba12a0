package dev.espalier.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.tensor.DataType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class NpyFileTest {
    @TempDir private Path folder;

    /// A file as NumPy writes it: the header is padded so that the elements begin at a multiple of 64.
    static byte[] npy(int major, String descr, boolean fortran, String shape, byte[] elements) {
        String dictionary =
                "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
                        .formatted(descr, fortran ? "True" : "False", shape);
        int prefix = major == 1 ? 10 : 12;
        int length = (prefix + dictionary.length() + 1 + 63) / 64 * 64 - prefix;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x93);
        out.writeBytes("NUMPY".getBytes(StandardCharsets.US_ASCII));
        out.write(major);
        out.write(0);
        for (int i = 0; i < (major == 1 ? 2 : 4); i++) {
            out.write(length >>> (8 * i));
        }
        String header = dictionary + " ".repeat(length - 1 - dictionary.length()) + "\n";
        out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(elements);
        return out.toByteArray();
    }

    private TensorData read(byte[] content) throws Exception {
        Path file = folder.resolve("x.npy");
        Files.write(file, content);
        return new NpyFile(file).read("X");
    }

    @ParameterizedTest
    @CsvSource({
        "|b1, BOOL, 1", "|u1, UINT8, 1", "<u2, UINT16, 2", "<u4, UINT32, 4", "<u8, UINT64, 8",
        "|i1, INT8, 1", "<i2, INT16, 2", "<i4, INT32, 4", "<i8, INT64, 8", "<f2, FP16, 2",
        "<f4, FP32, 4", "<f8, FP64, 8", "=f8, FP64, 8"
    })
    void readsEveryTypeOfNumber(String descr, DataType type, int size) throws Exception {
        byte[] elements = new byte[6 * size];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (byte) i;
        }

        TensorData tensor = read(npy(1, descr, false, "(2, 3)", elements));

        assertThat(tensor.type()).isEqualTo(type);
        assertThat(tensor.shape()).containsExactly(2L, 3L);
        assertThat(tensor.bytes()).isEqualTo(elements);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void readsTheThreeVersions(int major) throws Exception {
        assertThat(read(npy(major, "<f4", false, "(1,)", new byte[] {1, 2, 3, 4})).bytes())
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void readsScalarsAndEmptyArrays() throws Exception {
        assertThat(read(npy(1, "<f4", false, "()", new byte[4])).shape()).isEmpty();
        assertThat(read(npy(1, "<f4", false, "(0, 4)", new byte[0])).shape())
                .containsExactly(0L, 4L);
    }

    @Test
    void turnsBigEndianElements() throws Exception {
        assertThat(read(npy(1, ">i2", false, "(2,)", new byte[] {1, 2, 3, 4})).bytes())
                .containsExactly(2, 1, 4, 3);
    }

    private void refuses(byte[] content, String message) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(ClientException.class)
                .hasMessageStartingWith(folder.resolve("x.npy").toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesWhatItCannotSend() {
        refuses(
                npy(1, "<f4", true, "(1,)", new byte[4]),
                " is in Fortran order (expected: C order");
        refuses(npy(1, "<U4", false, "(1,)", new byte[16]), " holds '<U4' (expected: ");
        refuses(npy(1, "<c8", false, "(1,)", new byte[8]), " holds '<c8' (expected: ");
    }

    @Test
    void refusesWhatIsBroken() {
        byte[] good = npy(1, "<f4", false, "(2,)", new byte[8]);

        refuses(new byte[] {1, 2}, " is no .npy file: it has 2 bytes");
        refuses(
                "PK not an array".getBytes(StandardCharsets.US_ASCII),
                " is no .npy file of version");
        refuses(npy(4, "<f4", false, "(2,)", new byte[8]), " is no .npy file of version");
        refuses(Arrays.copyOf(good, 40), " is cut off within its header");
        refuses(
                Arrays.copyOf(good, good.length - 1),
                " has 7 bytes of elements (expected: 8, for FP32 of shape [2])");
        refuses(npy(1, "<f4", false, "[2]", new byte[8]), ": no readable 'shape' in its header");
        refuses(
                npy(1, "<f4", false, "(9999999999, 9999999999)", new byte[8]),
                " has 8 bytes of elements");
        refuses(npy(1, "", false, "(2,)", new byte[8]), " holds '' (expected: ");
    }

    @Test
    void namesAFileThatIsMissing() {
        assertThatThrownBy(() -> new NpyFile(folder.resolve("no.npy")).read("X"))
                .hasMessageStartingWith(folder.resolve("no.npy") + " cannot be read");
    }
}
