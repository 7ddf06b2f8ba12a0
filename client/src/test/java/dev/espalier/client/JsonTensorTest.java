package dev.espalier.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.tensor.DataType;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class JsonTensorTest {
    private static TensorData read(DataType type, String json) throws ClientException {
        return JsonTensor.read("X", type, Json.parse(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOL|[true,false]|0100|true, false",
                "UINT8|[0,255]|00ff|0, 255",
                "INT8|[-128,127]|807f|-128, 127",
                "UINT16|[65535]|ffff|65535",
                "INT16|[-2]|feff|-2",
                "UINT32|[4294967295]|ffffffff|4294967295",
                "INT32|[-2147483648,1e3]|00000080e8030000|-2147483648, 1000",
                "UINT64|[18446744073709551615]|ffffffffffffffff|18446744073709551615",
                "INT64|[-9007199254740993]|ffffffffffffdfff|-9007199254740993",
                "FP16|[1,-65504,1e9]|003cfffb007c|1.0, -65504.0, Infinity",
                "BF16|[1,3.1415926,1e-40]|803f49400100|1.0, 3.140625, 9.1835E-41",
                "BF16|[1.00390625,1.01171875]|803f823f|1.0, 1.015625",
                "FP32|[0.1,NaN]|cdcccc3d0000c07f|0.1, NaN",
                "FP64|[0.1]|9a9999999999b93f|0.1",
            })
    void writesAndReadsEveryType(DataType type, String json, String hex, String text)
            throws Exception {
        TensorData tensor = read(type, json);

        assertThat(HexFormat.of().formatHex(tensor.bytes())).isEqualTo(hex);
        assertThat(String.join(", ", tensor.elements())).isEqualTo(text);
    }

    @Test
    void writesAndReadsTexts() throws Exception {
        TensorData tensor = read(DataType.BYTES, "[[\"ä\",\"\"],[\"a\\nb\",\"\\\"\"]]");

        assertThat(tensor.shape()).containsExactly(2L, 2L);
        assertThat(tensor.bytes()).startsWith(2, 0, 0, 0, 0xc3, 0xa4, 0, 0, 0, 0, 3);
        assertThat(tensor.elements()).containsExactly("\"ä\"", "\"\"", "\"a\\nb\"", "\"\\\"\"");
    }

    @Test
    void takesTheShapeFromTheNesting() throws Exception {
        assertThat(read(DataType.INT8, "5").shape()).isEmpty();
        assertThat(read(DataType.INT8, "[]").shape()).containsExactly(0L);
        assertThat(read(DataType.INT8, "[[],[]]").shape()).containsExactly(2L, 0L);
        assertThat(read(DataType.INT8, "[[[1,2]],[[3,4]],[[5,6]]]").shape())
                .isEqualTo(List.of(3L, 1L, 2L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT8|[[1,2],[3]]|input 'X': rows differ: 1 elements at depth 1 (expected: 2"
                        + " elements, as in [2,2])",
                "INT8|[[1],2]|input 'X': rows differ: '2' at depth 1 (expected: 1 elements, as in"
                        + " [2,1])",
                "INT8|[1,[2]]|input 'X': an array is no INT8 (expected: numbers)",
                "INT8|[128]|input 'X': 128 is no INT8 (expected: a whole number, -128..127)",
                "UINT8|[-1]|input 'X': -1 is no UINT8 (expected: a whole number, 0..255)",
                "INT32|[1.5]|input 'X': 1.5 is no INT32 (expected: a whole number,"
                        + " -2147483648..2147483647)",
                "INT32|[\"1\"]|input 'X': \"1\" is no INT32 (expected: numbers)",
                "BOOL|[1]|input 'X': 1 is no BOOL (expected: true or false)",
                "BYTES|[1]|input 'X': 1 is no BYTES (expected: texts in double quotes)",
                "FP32|[null]|input 'X': null is no FP32 (expected: numbers)",
            })
    void saysWhatDoesNotFit(DataType type, String json, String message) {
        assertThatThrownBy(() -> read(type, json)).hasMessage(message);
    }

    @Test
    void saysWhereJsonIsNone() {
        assertThatThrownBy(() -> read(DataType.INT8, "[1,"))
                .hasMessageStartingWith("not JSON: '[1,'");
        assertThatThrownBy(() -> read(DataType.INT8, "[1] 2"))
                .hasMessage("JSON: one value expected, got more: '[1] 2'");
    }
}
