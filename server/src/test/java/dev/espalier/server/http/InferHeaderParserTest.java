package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The JSON of inference requests.
@Timeout(20)
final class InferHeaderParserTest {
    private static InferHeader parse(String json) throws ServingException {
        byte[] text = (json + "\0garbage").getBytes(StandardCharsets.UTF_8);
        return InferHeaderParser.parse(text, text.length - 8);
    }

    private static void refused(String json, ErrorCode code, String message) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessage(message);
    }

    /// A request with one input of these further members.
    private static String input(String members) {
        return "{\"inputs\":[{" + members + "}]}";
    }

    private static String output(String members) {
        return "{\"inputs\":[],\"outputs\":[{" + members + "}]}";
    }

    @Test
    void readsEverythingThatARequestMaySay() throws Exception {
        InferHeader header =
                parse(
                        """
                        {"id":"a\\"b", "unknown":{"inputs":[1]},
                         "parameters":{"priority":3,"timeout":5000,"binary_data_output":true,
                                       "sequence_id":7,"sequence_start":true,"mine":"x","n":1.5,"b":false},
                         "outputs":[{"name":"Y"},
                                    {"name":"Z","parameters":{"binary_data":true,"classification":2,"other":[1]}}],
                         "inputs":[{"name":"A","shape":[2,3],"datatype":"FP32","data":[[1,2,3],[4,5,6]]},
                                   {"parameters":{"binary_data_size":8,"x":{}},"datatype":"INT64","shape":[],"name":"B"},
                                   {"data":[],"name":"C","shape":[0,1,2,3,4,5],"datatype":"BYTES"}]}\
                        """);

        assertThat(header.id()).isEqualTo("a\"b");
        assertThat(header.priority()).isEqualTo(3);
        assertThat(header.timeoutMicros()).isEqualTo(5000);
        assertThat(header.binaryOutputs()).isTrue();
        assertThat(header.outputs())
                .containsExactly(
                        new InferHeader.Output("Y", false, 0),
                        new InferHeader.Output("Z", true, 2));
        assertThat(header.inputs())
                .extracting(InferHeader.Input::name)
                .containsExactly("A", "B", "C");
        assertThat(header.inputs())
                .extracting(InferHeader.Input::binarySize)
                .containsExactly(-1L, 8L, -1L);
        assertThat(header.inputs()).extracting(InferHeader.Input::array).containsExactly(0, -1, 1);
        assertThat(header.inputs().get(2).shape()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values(header, 0)).isEqualTo("[1,2,3],[4,5,6]");
        assertThat(values(header, 1)).isEmpty();
    }

    private static String values(InferHeader header, int array) {
        int start = header.arrays().start(array);
        return new String(
                header.text(), start, header.arrays().end(array) - start, StandardCharsets.UTF_8);
    }

    @Test
    void findsTheValuesOfManyInputs() throws Exception {
        String inputs =
                String.join(
                        ",",
                        IntStream.range(0, 50)
                                .mapToObj(i ->
                                        "{\"name\":\"X%d\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"]%d[\\\"\"]}"
                                                .formatted(i, i))
                                .toList());
        InferHeader header = parse("{\"inputs\":[" + inputs + "]}");
        for (int i = 0; i < 50; i++) {
            assertThat(header.inputs().get(i).array()).isEqualTo(i);
            assertThat(values(header, i)).isEqualTo("\"]" + i + "[\\\"\"");
        }
    }

    @Test
    void takesNoOtherMemberForValues() throws Exception {
        InferHeader header =
                parse(
                        "{\"data\":[1],\"x\":[{\"data\":[2]}],\"inputs\":[{\"name\":\"data\",\"shape\":[1],\"datatype\":\"INT8\",\"x\":{\"data\":[3]},\"data\" : [4]}]}");
        InferHeader.Input input = header.inputs().getFirst();
        assertThat(values(header, input.array())).isEqualTo("4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|Unable to parse 'inputs': attempt to access non-existing object member 'inputs'",
                "[]|Unable to parse 'inputs': attempt to access non-existing object member 'inputs'",
                "7|Unable to parse 'inputs': attempt to access non-existing object member 'inputs'",
                "{\"inputs\":{}}|Unable to parse 'inputs': attempt to access JSON non-array as array",
                "{\"inputs\":[],\"outputs\":{}}|Unable to parse 'outputs': attempt to access JSON non-array as array",
                "{\"inputs\":[],\"outputs\":[\"Y\"]}|Unable to parse 'name': attempt to access non-existing object member 'name'",
                "{\"id\":7,\"inputs\":[]}|Unable to parse 'id': attempt to access JSON non-string as string",
                "{\"inputs\":[],\"parameters\":[]}|failed to get request params.: attempt to get members for non-object",
                "{\"inputs\":[],\"parameters\":{\"timeout\":-1}}|Unable to parse 'timeout': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "{\"inputs\":[],\"parameters\":{\"priority\":\"1\"}}|Unable to parse 'priority': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "{\"inputs\":[],\"parameters\":{\"binary_data_output\":1}}|Unable to parse 'binary_data_output': attempt to access JSON non-boolean as boolean",
                "{\"inputs\":[],\"parameters\":{\"sequence_id\":1.5}}|Unable to parse 'sequence_id': attempt to access JSON non-string as string",
            })
    void refusesWhatHasNotTheFormOfARequest(String json, String message) {
        refused(json, ErrorCode.INTERNAL, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1]|Unable to parse 'name': attempt to access non-existing object member 'name'",
                "\"name\":\"X\",\"datatype\":\"INT8\",\"data\":[1]|Unable to parse 'shape': attempt to access non-existing object member 'shape'",
                "\"name\":\"X\",\"shape\":[1],\"data\":[1]|Unable to parse 'datatype': attempt to access non-existing object member 'datatype'",
                "\"name\":1|Unable to parse 'name': attempt to access JSON non-string as string",
                "\"datatype\":null|Unable to parse 'datatype': attempt to access JSON non-string as string",
                "\"shape\":1|Unable to parse 'shape': attempt to access JSON non-array as array",
                "\"shape\":[-1]|Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "\"shape\":[1.0]|Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "\"shape\":[99999999999999999999]|Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "\"shape\":[[1]]|Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
                "\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":1|Unable to parse 'data': attempt to access JSON non-array as array",
                "\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":-1}|Unable to parse 'binary_data_size': attempt to access JSON non-unsigned-integer as unsigned-integer",
            })
    void refusesInputsThatAreNone(String members, String message) {
        refused(input(members), ErrorCode.INTERNAL, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "|no field is set",
                ",\"parameters\":{}|no field is set",
                ",\"data\":[1],\"parameters\":{\"binary_data_size\":1}|set 'data' 'binary_data_size'",
                ",\"data\":[1],\"parameters\":{\"shared_memory_region\":\"r\"}|set 'data' 'shared_memory_region'",
                ",\"parameters\":{\"binary_data_size\":1,\"shared_memory_region\":\"r\"}|set 'binary_data_size' 'shared_memory_region'",
            })
    void wantsExactlyOneSourceOfValues(String members, String set) {
        refused(
                input(
                        "\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT8\""
                                + (members == null ? "" : members)),
                ErrorCode.INVALID_ARGUMENT,
                "Input must set only one of the following fields: 'data', 'binary_data_size' in"
                        + " 'parameters', 'shared_memory_region' in 'parameters'. But "
                        + set);
    }

    @Test
    void refusesInputsThatAreNoObjects() {
        refused(
                "{\"inputs\":[[1]]}",
                ErrorCode.INVALID_ARGUMENT,
                "Input must set only one of the following fields: 'data', 'binary_data_size' in"
                        + " 'parameters', 'shared_memory_region' in 'parameters'. But no field is set");
    }

    @Test
    void readsPlacesInSharedMemory() throws Exception {
        String place =
                "\"parameters\":{\"shared_memory_offset\":8,\"shared_memory_byte_size\":16,\"shared_memory_region\":\"r\"}";
        InferHeader header =
                parse(
                        "{\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT8\",%s}],\"outputs\":[{\"name\":\"Y\",%s}]}"
                                .formatted(place, place));

        InferHeader.Region region = new InferHeader.Region("r", 8, 16);
        assertThat(header.inputs().getFirst().region()).isEqualTo(region);
        assertThat(header.inputs().getFirst().follows()).isFalse();
        assertThat(header.outputs().getFirst().region()).isEqualTo(region);
    }

    @ParameterizedTest
    @CsvSource({"classification, 1", "binary_data, true"})
    void refusesOutputsInTwoForms(String other, String value) {
        refused(
                output(
                        "\"name\":\"Y\",\"parameters\":{\"shared_memory_region\":\"r\",\"%s\":%s}"
                                .formatted(other, value)),
                ErrorCode.INVALID_ARGUMENT,
                "Output can't set both 'shared_memory_region' and '" + other + "'");
    }

    @Test
    void refusesOutputsThatAreNone() {
        refused(
                output("\"parameters\":{}"),
                ErrorCode.INTERNAL,
                "Unable to parse 'name': attempt to access non-existing object member 'name'");
        refused(
                output("\"name\":\"Y\",\"parameters\":{\"binary_data\":0}"),
                ErrorCode.INTERNAL,
                "Unable to parse 'binary_data': attempt to access JSON non-boolean as boolean");
        refused(
                output("\"name\":\"Y\",\"parameters\":{\"classification\":-1}"),
                ErrorCode.INTERNAL,
                "Unable to set 'classification': attempt to access JSON non-unsigned-integer as unsigned-integer");
    }

    @Test
    void refusesParametersThatAreReservedOrOfNoType() {
        refused(
                "{\"inputs\":[],\"parameters\":{\"triton_x\":1}}",
                ErrorCode.INVALID_ARGUMENT,
                "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.");
        refused(
                "{\"inputs\":[],\"parameters\":{\"mine\":{}}}",
                ErrorCode.INVALID_ARGUMENT,
                "parameter 'mine' has invalid type. It should be either 'int', 'bool', or 'string'.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"inputs\"",
                "{\"inputs\":[",
                "{\"inputs\":[{",
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1",
                "{\"inputs\":[{\"data\":[\"",
                "{\"inputs\":[]}}",
                "{\"inputs\":[]} 1",
                "{'inputs':[]}",
                "{\"inputs\":[],}",
                "nonsense",
                "\u0000"
            })
    void refusesWhatIsNoJson(String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL))
                .hasMessageMatching("failed to parse the request JSON buffer: .* at \\d+");
    }

    @Test
    void refusesAMemberThatIsCalledDataOnlyByAnEscape() {
        refused(
                input("\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT8\",\"d\\u0061ta\":[5]"),
                ErrorCode.INTERNAL,
                "Unable to parse 'data': attempt to access JSON name with escapes as name");
    }
}
