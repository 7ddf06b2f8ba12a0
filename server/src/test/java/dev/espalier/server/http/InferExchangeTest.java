package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.tensor.DataType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Inference requests and their answers, as clients send and see them.
@Timeout(60)
final class InferExchangeTest {
    private static final String BINARY_OUT = ",\"parameters\":{\"binary_data_output\":true}";
    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.running();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String input(String type, String shape, String values) {
        return "{\"name\":\"X\",\"shape\":%s,\"datatype\":\"%s\",%s}"
                .formatted(shape, type, values);
    }

    private static String binary(String type, String shape, long size) {
        return input(type, shape, "\"parameters\":{\"binary_data_size\":%d}".formatted(size));
    }

    private static String request(String input, String more) {
        return "{\"inputs\":[%s]%s}".formatted(input, more);
    }

    private static RawClient.Answer infer(String model, String json) throws Exception {
        try (RawClient client = server.connect()) {
            return client.infer(model, json);
        }
    }

    private static RawClient.Answer infer(String model, String json, byte[] tensors)
            throws Exception {
        try (RawClient client = server.connect()) {
            return client.infer(model, json, tensors);
        }
    }

    private static void refused(RawClient.Answer answer, int status, String text) {
        assertThat(answer.text()).isEqualTo("{\"error\":\"" + text + "\"}");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BOOL|true,false,true",
                "UINT8|0,255,7",
                "UINT16|0,65535,7",
                "UINT32|0,4294967295,7",
                "UINT64|0,18446744073709551615,9223372036854775808",
                "INT8|-128,127,0",
                "INT16|-32768,32767,0",
                "INT32|-2147483648,2147483647,0",
                "INT64|-9223372036854775808,9223372036854775807,0",
                "FP32|1.5,-2.25,0.10000000149011612",
                "FP64|0.1,-1e300,-0.0",
                "FP64|NaN,Infinity,-Infinity",
                "BYTES|\"a\",\"\",\"\\\\ \\\"é\\n\\u0001\"",
            })
    void answersValuesOfEveryTypeInJson(DataType type, String values) throws Exception {
        String json = request(input(type.name(), "[3]", "\"data\":[" + values + "]"), "");

        RawClient.Answer answer = infer("echo_" + type.name().toLowerCase(), json);

        assertThat(answer.text())
                .isEqualTo(
                        "{\"model_name\":\"echo_%s\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"X\",\"datatype\":\"%s\",\"shape\":[3],\"data\":[%s]}]}"
                                .formatted(type.name().toLowerCase(), type, values));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.headers()).doesNotContainKey("inference-header-content-length");
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void answersBytesOfEveryTypeAsTheyCame(DataType type) throws Exception {
        byte[] tensor =
                type == DataType.BYTES ? strings("a", "", "éx") : bytes(3 * type.elementSize());
        String json =
                request(binary(type.name(), "[3]", tensor.length), ",\"id\":\"7\"" + BINARY_OUT);
        long copied = server.copied().in() + server.copied().out();

        RawClient.Answer answer = infer("echo_" + type.name().toLowerCase(), json, tensor);

        assertThat(answer.json())
                .isEqualTo(
                        "{\"id\":\"7\",\"model_name\":\"echo_%s\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"X\",\"datatype\":\"%s\",\"shape\":[3],\"parameters\":{\"binary_data_size\":%d}}]}"
                                .formatted(type.name().toLowerCase(), type, tensor.length));
        assertThat(answer.tensors()).isEqualTo(tensor);
        assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(server.copied().in() + server.copied().out()).isEqualTo(copied);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static byte[] strings(String... strings) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String string : strings) {
            byte[] text = string.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(text.length)
                            .array());
            bytes.writeBytes(text);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[[1,2],[3,4]]", "[1,2,3,4]", "[ [ 1 ,2], [3 , 4]\n]", "[[[[1]]],2,[3,4]]"})
    void readsNestedAndFlatValues(String data) throws Exception {
        assertThat(
                        infer("echo_int32", request(input("INT32", "[4]", "\"data\":" + data), ""))
                                .text())
                .contains("\"data\":[1,2,3,4]");
    }

    @Test
    void takesJsonAndBytesInOneRequest() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"B\",\"shape\":[2],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":11}},"
                        + "{\"name\":\"A\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":[9]}],"
                        + "\"outputs\":[{\"name\":\"B\"},{\"name\":\"A\",\"parameters\":{\"binary_data\":true}}]}";

        RawClient.Answer answer = infer("pair", json, strings("xy", "z"));

        assertThat(answer.json())
                .as("the outputs in the model's order")
                .endsWith(
                        "\"outputs\":[{\"name\":\"A\",\"datatype\":\"INT32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":4}},"
                                + "{\"name\":\"B\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"xy\",\"z\"]}]}");
        assertThat(answer.tensors()).containsExactly(9, 0, 0, 0);
    }

    @Test
    void laysTensorsBehindEachOtherInTheRequestsOrder() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"B\",\"shape\":[1],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":5}},"
                        + "{\"name\":\"A\",\"shape\":[2],\"datatype\":\"INT32\",\"parameters\":{\"binary_data_size\":8}}]"
                        + BINARY_OUT
                        + "}";
        byte[] b = strings("q");
        byte[] a = bytes(8);

        RawClient.Answer answer = infer("pair", json, RawClient.joined(b, a));

        // Without a list of outputs they come in the model's order.
        assertThat(answer.tensors()).isEqualTo(RawClient.joined(a, b));
    }

    @Test
    void answersOnlyTheOutputsThatAreAskedFor() throws Exception {
        String inputs =
                "{\"name\":\"A\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":[1]},"
                        + "{\"name\":\"B\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"b\"]}";
        // Listed outputs are JSON unless each says otherwise.
        RawClient.Answer answer =
                infer("pair", request(inputs, ",\"outputs\":[{\"name\":\"B\"}]" + BINARY_OUT));
        assertThat(answer.text())
                .endsWith(
                        "\"outputs\":[{\"name\":\"B\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"b\"]}]}");
    }

    @Test
    void answersEmptyTensors() throws Exception {
        assertThat(infer("echo_int32", request(input("INT32", "[0]", "\"data\":[]"), "")).text())
                .endsWith("\"shape\":[0],\"data\":[]}]}");
        RawClient.Answer answer =
                infer("echo_fp32", request(binary("FP32", "[0]", 0), BINARY_OUT), new byte[0]);
        assertThat(answer.text())
                .endsWith("\"shape\":[0],\"parameters\":{\"binary_data_size\":0}}]}");
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.headers()).doesNotContainKey("inference-header-content-length");
    }

    @Test
    void answersClassesWithTheirLabels() throws Exception {
        String outputs = ",\"outputs\":[{\"name\":\"X\",\"parameters\":{\"classification\":2}}]";
        assertThat(
                        infer("classes", request(input("FP32", "[3]", "\"data\":[1,5,3]"), outputs))
                                .text())
                .endsWith(
                        "\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"5.000000:1:dog\",\"3.000000:2\"]}]}");
    }

    @Test
    void readsLargeBodiesInPieces() throws Exception {
        byte[] tensor = bytes(6 << 20);
        byte[] json =
                request(binary("UINT8", "[" + tensor.length + "]", tensor.length), BINARY_OUT)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] request =
                RawClient.request(
                        "/v2/models/echo_uint8/infer",
                        RawClient.joined(json, tensor),
                        "Inference-Header-Content-Length: " + json.length);
        Random random = new Random(1);
        try (RawClient client = server.connect()) {
            for (int at = 0; at < request.length; ) {
                int end = Math.min(request.length, at + 1 + random.nextInt(200_000));
                client.send(java.util.Arrays.copyOfRange(request, at, end));
                at = end;
            }
            assertThat(client.read().tensors()).isEqualTo(tensor);
        }
    }

    @Test
    void answersLargeValuesInJson() throws Exception {
        String values = "1.5,".repeat(199_999) + "1.5";
        assertThat(
                        infer(
                                        "echo_fp64",
                                        request(
                                                input(
                                                        "FP64",
                                                        "[200000]",
                                                        "\"data\":[" + values + "]"),
                                                ""))
                                .text())
                .endsWith("\"data\":[" + values + "]}]}");
    }

    @Test
    void takesARawBodyForTheOneInput() throws Exception {
        try (RawClient client = server.connect()) {
            String none = "Inference-Header-Content-Length: 0";
            byte[] tensor = bytes(16);
            RawClient.Answer answer =
                    client.post("/v2/models/echo_int32/infer", tensor, none).read();
            assertThat(answer.json()).contains("\"shape\":[4]");
            assertThat(answer.tensors()).isEqualTo(tensor);

            assertThat(client.post("/v2/models/batch/infer", bytes(8), none).read().json())
                    .contains("\"shape\":[1,2]");
            refused(
                    client.post("/v2/models/pair/infer", tensor, none).read(),
                    400,
                    "[request id: <id_unknown>] Raw request must only have 1 input (found 1) to be deduced but got 2 inputs in 'pair' model configuration");
        }
    }

    @Test
    void takesARawBodyInChunks() throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer =
                    client.send(
                                    "POST /v2/models/echo_uint8/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
                                            + "Inference-Header-Content-Length: 0\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")
                            .read();
            assertThat(answer.tensors()).isEqualTo("abcde".getBytes(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abc|Unable to parse Inference-Header-Content-Length, got: abc",
                "-1|inference header size should be in range (0, 10), got: -1",
                "11|inference header size should be in range (0, 10), got: 11",
                "99999999999999999999|inference header size should be in range (0, 10), got: 99999999999999999999",
            })
    void refusesHeaderLengthsThatCannotBe(String length, String text) throws Exception {
        try (RawClient client = server.connect()) {
            refused(
                    client.post(
                                    "/v2/models/echo_int32/infer",
                                    new byte[10],
                                    "Inference-Header-Content-Length: " + length)
                            .read(),
                    400,
                    text);
        }
    }

    @Test
    void refusesAHeaderLengthBeyondAChunkedBody() throws Exception {
        try (RawClient client = server.connect()) {
            refused(
                    client.send(
                                    "POST /v2/models/echo_int32/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
                                            + "Inference-Header-Content-Length: 9\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
                            .read(),
                    400,
                    "inference header size should be in range (0, 2), got: 9");
        }
    }

    @Test
    void refusesTooFewAndTooManyBytes() throws Exception {
        String json = request(binary("INT32", "[2]", 8), "");
        refused(
                infer("echo_int32", json, bytes(5)),
                400,
                "unexpected size for input 'X', expecting 3 additional bytes for model 'echo_int32'");
        refused(
                infer("echo_int32", json, bytes(9)),
                400,
                "unexpected additional input data for model 'echo_int32'");
        refused(
                infer("echo_int32", request(binary("INT32", "[2]", 7), ""), bytes(7)),
                400,
                "[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'echo_int32'. Expected 8, got 7");
    }

    @Test
    void refusesTooFewAndTooManyBytesInChunks() throws Exception {
        String json = request(binary("UINT8", "[4]", 4), "");
        String head =
                "POST /v2/models/echo_uint8/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
                        + "Inference-Header-Content-Length: %d\r\n\r\n%x\r\n%s\r\n"
                                .formatted(json.length(), json.length(), json);
        try (RawClient client = server.connect()) {
            refused(
                    client.send(head + "3\r\nabc\r\n0\r\n\r\n").read(),
                    400,
                    "unexpected size for input 'X', expecting 1 additional bytes for model 'echo_uint8'");
            refused(
                    client.send(head + "5\r\nabcde\r\n0\r\n\r\n").read(),
                    400,
                    "unexpected additional input data for model 'echo_uint8'");
            assertThat(client.send(head + "4\r\nabcd\r\n0\r\n\r\n").read().status()).isEqualTo(200);
        }
    }

    @Test
    void refusesHalfFloatsInJson() throws Exception {
        refused(
                infer("echo_fp16", request(input("FP16", "[1]", "\"data\":[1]"), "")),
                400,
                "receiving FP16 data via JSON is not supported. Please use the binary data format for input X");
        refused(
                infer("echo_bf16", request(binary("BF16", "[1]", 2), ""), bytes(2)),
                400,
                "sending BF16 data via JSON is not supported. Please use the binary data format for output X");
    }

    @Test
    void refusesStringsThatAreLongerThanTheirData() throws Exception {
        RawClient.Answer answer =
                infer(
                        "echo_bytes",
                        request(binary("BYTES", "[1]", 5), ""),
                        new byte[] {9, 0, 0, 0, 'x'});
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text())
                .contains("expecting string of length 9 but only 1 bytes available");
        refused(
                infer(
                        "echo_bytes",
                        request(binary("BYTES", "[3]", 12), ""),
                        new byte[] {8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
                400,
                "[request id: <id_unknown>] expected 3 string elements for inference input 'X' for model 'echo_bytes', got 1");
    }

    @Test
    void tellsFirstThatThereIsNoSuchModel() throws Exception {
        RawClient.Answer answer = infer("nope", "{\"broken");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).contains("Request for unknown model: 'nope'");
    }

    @Test
    void answersTheTextOfAFailedExecution() throws Exception {
        server.worker().fail("op 'Boom' said \"no\"");
        try {
            refused(
                    infer("echo_int32", request(input("INT32", "[1]", "\"data\":[1]"), "")),
                    500,
                    "op 'Boom' said \\\"no\\\"");
        } finally {
            server.worker().fail("");
        }
    }

    @Test
    void readsValuesNestedTooDeepWithoutFallingOver() throws Exception {
        String deep = "[".repeat(200_000) + "]".repeat(200_000);
        RawClient.Answer answer =
                infer("echo_int32", request(input("INT32", "[1]", "\"data\":" + deep), ""));
        refused(answer, 500, "Unable to parse 'data': arrays are nested deeper than 100");
        assertThat(infer("echo_int32", "[".repeat(200_000)).status()).isEqualTo(500);
    }

    @Test
    void refusesAShapeOfMoreValuesThanThereAre() throws Exception {
        refused(
                infer("echo_int32", request(input("INT32", "[1000000000000]", "\"data\":[1]"), "")),
                500,
                "Unable to parse 'data': Shape does not match true shape of 'data' field");
    }
}
