package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of the text between the brackets of a `data` array.
@Timeout(20)
final class JsonValuesTest {
    private static final BudgetShare HEAP =
            new BudgetShare(new ByteBudget("heap", "send less", 16 << 20));

    private static final String SHAPE =
            "Unable to parse 'data': Shape does not match true shape of 'data' field";

    private static byte[] read(String values, DataType type, long expected)
            throws ServingException {
        // The text is in the middle of a longer one, as it is in a request.
        byte[] text = ("[" + values + "]]").getBytes(StandardCharsets.UTF_8);
        ByteBuffer read = JsonValues.read(text, 1, text.length - 2, "X", type, expected, HEAP);
        byte[] bytes = new byte[read.remaining()];
        read.get(bytes);
        return bytes;
    }

    private static void refused(
            String values, DataType type, long expected, ErrorCode code, String text) {
        assertThatThrownBy(() -> read(values, type, expected))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessage(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BOOL|true,false|0100",
                "INT8|-128,127|807f",
                "INT16|-32768,32767|0080ff7f",
                "INT32|-2147483648,1|0000008001000000",
                "INT64|-9223372036854775808,1|00000000000000800100000000000000",
                "UINT8|0,255|00ff",
                "UINT16|0,65535|0000ffff",
                "UINT32|0,4294967295|00000000ffffffff",
                "UINT64|1,18446744073709551615|0100000000000000ffffffffffffffff",
                "FP32|1,-0.5|0000803f000000bf",
                "FP32|1e39,NaN|0000807f0000c07f",
                "FP64|1,-Infinity|000000000000f03f000000000000f0ff",
                "BYTES|\"a\",\"\\u00e9\"|010000006102000000c3a9",
            })
    void layEveryTypeOutLittleEndian(DataType type, String values, String bytes) throws Exception {
        assertThat(HexFormat.of().formatHex(read(values, type, 2))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t\r ", "[]", "[[],[]]"})
    void mayBeNone(String values) throws Exception {
        assertThat(read(values, DataType.INT32, 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1|2", "1,2,3|2", "[1],[2],[3]|2", "1|0"})
    void areAsManyAsTheShapeSays(String values, long expected) {
        refused(values, DataType.INT8, expected, ErrorCode.INTERNAL, SHAPE);
    }

    @Test
    void takeNoMoreMemoryThanTheirText() {
        refused("1", DataType.INT64, 1L << 60, ErrorCode.INTERNAL, SHAPE);
        refused("\"x\"", DataType.BYTES, Long.MAX_VALUE / 8, ErrorCode.INTERNAL, SHAPE);
    }

    @ParameterizedTest
    @EnumSource(names = {"INT8", "INT16", "INT32", "INT64"})
    void areSignedIntegersWhereTheTypeIs(DataType type) {
        for (String value :
                new String[] {"1.0", "1e2", "\"1\"", "true", "null", "{}", "9223372036854775808"}) {
            refused(
                    value,
                    type,
                    1,
                    ErrorCode.INTERNAL,
                    "Unable to parse 'data': attempt to access JSON non-signed-integer as"
                            + " signed-integer");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "UINT16", "UINT32", "UINT64"})
    void areUnsignedIntegersWhereTheTypeIs(DataType type) {
        for (String value : new String[] {"-1", "1.5", "\"1\"", "false", "18446744073709551616"}) {
            refused(
                    value,
                    type,
                    1,
                    ErrorCode.INTERNAL,
                    "Unable to parse 'data': attempt to access JSON non-unsigned-integer as"
                            + " unsigned-integer");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, 128, -128..127",
        "INT8, -129, -128..127",
        "INT16, 32768, -32768..32767",
        "INT32, 2147483648, -2147483648..2147483647",
        "UINT8, 256, 0..255",
        "UINT16, 65536, 0..65535",
        "UINT32, 4294967296, 0..4294967295",
    })
    void fitTheirType(DataType type, String value, String range) {
        refused(
                value,
                type,
                1,
                ErrorCode.INVALID_ARGUMENT,
                "value %s of input 'X' does not fit %s (expected: %s)"
                        .formatted(value, type, range));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x", ".5", "1.", "01", "1e", "--1", "+1", "nan", "-", "1e400", "True", "tru", "nul"
            })
    void areJson(String value) {
        for (DataType type : new DataType[] {DataType.BOOL, DataType.INT8, DataType.FP64}) {
            refused(
                    value,
                    type,
                    1,
                    ErrorCode.INTERNAL,
                    "failed to parse the request JSON buffer: Invalid value. at 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "true", "null", "{}"})
    void areNumbersWhereTheTypeIs(String value) {
        refused(
                value,
                DataType.FP32,
                1,
                ErrorCode.INTERNAL,
                "Unable to parse 'data': attempt to access JSON non-number as double");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "\"true\"", "null"})
    void areTrueOrFalseWhereTheTypeIs(String value) {
        refused(
                value,
                DataType.BOOL,
                1,
                ErrorCode.INTERNAL,
                "Unable to parse 'data': attempt to access JSON non-boolean as boolean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "null", "{}"})
    void areStringsWhereTheTypeIs(String value) {
        refused(
                value,
                DataType.BYTES,
                1,
                ErrorCode.INTERNAL,
                "Unable to parse JSON bytes array: attempt to access JSON non-string as string");
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16"})
    void areNoHalfFloats(DataType type) {
        refused(
                "1",
                type,
                1,
                ErrorCode.INVALID_ARGUMENT,
                "receiving %s data via JSON is not supported. Please use the binary data format for input X"
                        .formatted(type));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 2", "1,,2", ",1", "1,", "[1", "1]", "[1]]", "[1,]", "1 x", "[1][2]", "1;2"
            })
    void standInAWellFormedArray(String values) {
        assertThatThrownBy(() -> read(values, DataType.INT32, 2))
                .isInstanceOf(ServingException.class)
                .hasMessageMatching("failed to parse the request JSON buffer: .* at \\d+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"abc", "\"abc\\", "\"abc\\\""})
    void endTheirStrings(String values) {
        refused(
                values,
                DataType.BYTES,
                1,
                ErrorCode.INTERNAL,
                "failed to parse the request JSON buffer: Missing a closing quotation mark in"
                        + " string. at 1");
    }

    @Test
    void growWithLongStrings() throws Exception {
        String longest = "é\\n".repeat(50_000);
        byte[] read = read("\"" + longest + "\",\"x\"", DataType.BYTES, 2);
        assertThat(read).hasSize(4 + 150_000 + 5).endsWith(1, 0, 0, 0, 'x');
    }
}
