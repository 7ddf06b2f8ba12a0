package dev.espalier.engines.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.sdk.FloatElements;
import dev.espalier.tensor.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Elements of each type as numbers of Java's.
@Timeout(20)
final class ElementsTest {
    private static final int COUNT = 3;

    private static SharedTensor tensor(DataType type, boolean writable) {
        return tensor(
                type,
                Arena.ofAuto().allocate((long) COUNT * Math.max(1, type.elementSize())),
                writable);
    }

    private static SharedTensor tensor(DataType type, MemorySegment memory, boolean writable) {
        return new SharedTensor(
                "T", type, new long[] {COUNT}, COUNT, memory, writable, new Lifetime("over"));
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, -128, 127",
        "UINT8, 0, 255",
        "INT16, -32768, 32767",
        "UINT16, 0, 65535",
        "INT32, -2147483648, 2147483647",
        "UINT32, 0, 4294967295",
        "INT64, -9223372036854775808, 9223372036854775807",
    })
    void holdsWholeNumbers(DataType type, long least, long most) {
        SharedTensor tensor = tensor(type, true);
        tensor.longs().set(0, least);
        tensor.longs().set(2, most);

        assertThat(tensor.longs().toArray()).containsExactly(least, 0, most);
        if (type != DataType.INT64) {
            assertThatThrownBy(() -> tensor.longs().set(1, most + 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(expected: %d..%d)".formatted(least, most));
            tensor.ints().set(1, 7);
            assertThat(tensor.ints().get(1)).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @CsvSource({"FP32, 0.1, 0.1", "FP16, 0.1, 0.099975586", "BF16, 0.1, 0.100097656"})
    void holdsFloats(DataType type, float value, float held) {
        FloatElements floats = tensor(type, true).floats();
        floats.set(0, value);
        floats.set(1, Float.NEGATIVE_INFINITY);
        floats.set(2, Float.NaN);

        assertThat(floats.toArray()).containsExactly(held, Float.NEGATIVE_INFINITY, Float.NaN);
    }

    @ParameterizedTest
    // Half-way between two BF16 numbers goes to the even one; what is larger than all of them to
    // infinity.
    @CsvSource({"1.00390625, 1.0", "1.01171875, 1.015625", "3.4028235e38, Infinity"})
    void roundsToTheNearestBrainFloat(float value, float held) {
        FloatElements floats = tensor(DataType.BF16, true).floats();
        floats.set(0, value);

        assertThat(floats.get(0)).isEqualTo(held);
    }

    @Test
    void holdsBooleansAndDoubles() {
        SharedTensor booleans = tensor(DataType.BOOL, true);
        booleans.booleans().set(1, true);
        assertThat(booleans.booleans().toArray()).containsExactly(false, true, false);

        SharedTensor doubles = tensor(DataType.FP64, true);
        doubles.doubles().set(0, new double[] {1, 2, 3}, 1, 2);
        assertThat(doubles.doubles().toArray()).containsExactly(2, 3, 0);
    }

    @Test
    void holdsTexts() {
        byte[] content = "\1\0\0\0a\0\0\0\0\3\0\0\0\u00e9b".getBytes(StandardCharsets.UTF_8);
        SharedTensor tensor = tensor(DataType.BYTES, MemorySegment.ofArray(content), false);

        assertThat(tensor.bytes().size()).isEqualTo(COUNT);
        assertThat(tensor.bytes().string(0)).isEqualTo("a");
        assertThat(tensor.bytes().get(1)).isEmpty();
        assertThat(tensor.bytes().string(2)).isEqualTo("\u00e9b");
        assertThatThrownBy(() -> tensor.bytes().get(COUNT))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesTextsThatEndTooLate() {
        byte[] content = {1, 0, 0, 0, 'a', -1, -1, -1, -1};
        SharedTensor tensor = tensor(DataType.BYTES, MemorySegment.ofArray(content), false);

        assertThatThrownBy(tensor::bytes)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("element 1 of 'T' ends after the 9 bytes");
    }

    @Test
    void refusesOtherTypesPlacesAndChanges() {
        SharedTensor input = tensor(DataType.FP32, false);

        assertThatThrownBy(input::longs).hasMessageContaining("FP32 (expected: floats())");
        assertThatThrownBy(() -> input.floats().get(-1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> input.floats().get(COUNT))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> input.floats().set(0, 1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("'T' is an input");
        assertThatThrownBy(() -> input.memory().set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
                .isInstanceOf(RuntimeException.class);
    }
}
