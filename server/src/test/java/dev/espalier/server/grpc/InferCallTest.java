package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.InferParameter;
import dev.espalier.protocol.InferTensorContents;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.protocol.ModelInferResponse.InferOutputTensor;
import dev.espalier.tensor.DataType;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Inference requests and their answers over gRPC, as clients send and see them.
@Timeout(60)
final class InferCallTest {
    private static EchoServer server;
    private static InferenceClient client;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.running();
        client = new InferenceClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    static void refused(ThrowingCallable call, Status.Code code, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> {
                            assertThat(refused.getStatus().getDescription()).isEqualTo(text);
                            assertThat(refused.getStatus().getCode()).isEqualTo(code);
                        });
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static ByteString string(String text) {
        ByteString bytes = ByteString.copyFromUtf8(text);
        ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        return ByteString.copyFrom(length.putInt(0, bytes.size())).concat(bytes);
    }

    // --- tensors

    @ParameterizedTest
    @EnumSource(DataType.class)
    void answersRawTensorsOfEveryType(DataType type) {
        byte[] tensor =
                type == DataType.BYTES
                        ? string("a").concat(string("")).concat(string("é")).toByteArray()
                        : bytes(3 * type.elementSize());

        ModelInferResponse answer =
                client.infer(Requests.raw(Requests.echo(type), type.name(), tensor, 3));

        assertThat(answer)
                .isEqualTo(
                        ModelInferResponse.newBuilder()
                                .setModelName(Requests.echo(type))
                                .setModelVersion("1")
                                .addOutputs(
                                        InferOutputTensor.newBuilder()
                                                .setName("X")
                                                .setDatatype(type.name())
                                                .addShape(3))
                                .addRawOutputContents(ByteString.copyFrom(tensor))
                                .build());
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FP16", "BF16"})
    void answersTypedContentsOfEveryType(DataType type) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        ByteBuffer expected = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case BOOL -> {
                contents.addBoolContents(true).addBoolContents(false);
                expected.put((byte) 1).put((byte) 0);
            }
            case INT8 -> {
                contents.addIntContents(-128).addIntContents(127);
                expected.put((byte) -128).put((byte) 127);
            }
            case INT16 -> {
                contents.addIntContents(-32768).addIntContents(32767);
                expected.putShort(Short.MIN_VALUE).putShort(Short.MAX_VALUE);
            }
            case INT32 -> {
                contents.addIntContents(Integer.MIN_VALUE).addIntContents(7);
                expected.putInt(Integer.MIN_VALUE).putInt(7);
            }
            case INT64 -> {
                contents.addInt64Contents(Long.MIN_VALUE).addInt64Contents(7);
                expected.putLong(Long.MIN_VALUE).putLong(7);
            }
            case UINT8 -> {
                contents.addUintContents(255).addUintContents(0);
                expected.put((byte) 255).put((byte) 0);
            }
            case UINT16 -> {
                contents.addUintContents(65535).addUintContents(0);
                expected.putShort((short) 65535).putShort((short) 0);
            }
            case UINT32 -> {
                contents.addUintContents(-1).addUintContents(7);
                expected.putInt(-1).putInt(7);
            }
            case UINT64 -> {
                contents.addUint64Contents(-1).addUint64Contents(7);
                expected.putLong(-1).putLong(7);
            }
            case FP32 -> {
                contents.addFp32Contents(1.5f).addFp32Contents(Float.NaN);
                expected.putFloat(1.5f).putFloat(Float.NaN);
            }
            case FP64 -> {
                contents.addFp64Contents(-0.0).addFp64Contents(1e300);
                expected.putDouble(-0.0).putDouble(1e300);
            }
            case BYTES -> {
                contents.addBytesContents(ByteString.copyFromUtf8("é"));
                contents.addBytesContents(ByteString.EMPTY);
                expected.put(string("é").concat(string("")).toByteArray());
            }
            case FP16, BF16 -> throw new AssertionError("there is no field for " + type);
        }

        ModelInferResponse answer =
                client.infer(Requests.typed(Requests.echo(type), type.name(), contents, 2));

        assertThat(answer.getRawOutputContentsList())
                .containsExactly(ByteString.copyFrom(expected.flip()));
    }

    @Test
    void answersInTheModelsOrderWithTheRequestsId() {
        ModelInferRequest request =
                Requests.to("pair")
                        .setModelVersion("1")
                        .setId("é7")
                        .addInputs(Requests.input("B", "BYTES", 1))
                        .addInputs(Requests.input("A", "INT32", 1))
                        .addOutputs(Requests.output("B"))
                        .addOutputs(Requests.output("A"))
                        .addRawInputContents(string("x"))
                        .addRawInputContents(ByteString.copyFrom(new byte[] {1, 2, 3, 4}))
                        .build();

        ModelInferResponse answer = client.infer(request);

        assertThat(answer.getId()).isEqualTo("é7");
        assertThat(answer.getOutputsList())
                .extracting(InferOutputTensor::getName)
                .containsExactly("A", "B");
        assertThat(answer.getRawOutputContentsList())
                .isEqualTo(request.getRawInputContentsList().reversed());
    }

    @Test
    void answersTheHighestClasses() {
        ByteBuffer values = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        values.putFloat(0.5f).putFloat(2).putFloat(1);
        ModelInferRequest request =
                Requests.raw("classes", "FP32", values.array(), 3).toBuilder()
                        .addOutputs(
                                Requests.output("X")
                                        .putParameters("classification", Requests.number(2)))
                        .build();

        assertThat(client.infer(request).getRawOutputContents(0))
                .isEqualTo(string("2.000000:1:dog").concat(string("1.000000:2")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 8 << 10, 70_000, 12 << 20})
    void answersTensorsOfEverySize(int size) {
        byte[] tensor = bytes(size);
        long copiedIn = server.backend().copied().in();
        long copiedOut = server.backend().copied().out();

        ModelInferResponse answer =
                client.infer(Requests.raw("echo_int32", "INT32", tensor, size / 4));

        assertThat(answer.getRawOutputContents(0).toByteArray()).isEqualTo(tensor);
        assertThat(server.backend().copied().in()).isEqualTo(copiedIn);
        // Small ones are copied: that is cheaper than a buffer of their own.
        assertThat(server.backend().copied().out() - copiedOut)
                .isEqualTo(size < 8 << 10 ? size : 0);
    }

    @Test
    void countsTheBytesThatItMustGather() {
        // The size of the second tensor does not follow from its shape: the first one waits.
        ModelInferRequest request =
                Requests.to("pair")
                        .addInputs(Requests.input("A", "INT32", 1000))
                        .addInputs(Requests.input("B", "BYTES", 1))
                        .addRawInputContents(ByteString.copyFrom(bytes(4000)))
                        .addRawInputContents(string("text"))
                        .build();
        long copied = server.backend().copied().in();

        assertThat(client.infer(request).getRawOutputContentsList())
                .isEqualTo(request.getRawInputContentsList());
        assertThat(server.backend().copied().in() - copied).isEqualTo(4000 + 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 1 << 20})
    void readsCompressedRequests(int size) {
        ModelInferRequest request = Requests.raw("echo_int32", "INT32", bytes(size), size / 4);
        ModelInferResponse answer =
                client.infer(request, CallOptions.DEFAULT.withCompression("gzip"));
        assertThat(answer.getRawOutputContentsList()).isEqualTo(request.getRawInputContentsList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"low", "medium", "high"})
    void compressesAnswersWhereItIsToldTo(String level) throws Exception {
        try (EchoServer compressing =
                        EchoServer.running(EchoServer.Options.DEFAULT.withCompression(level));
                InferenceClient other = new InferenceClient(compressing.port())) {
            ModelInferRequest request = Requests.raw("echo_int32", "INT32", bytes(40_000), 10_000);
            assertThat(other.infer(request).getRawOutputContentsList())
                    .isEqualTo(request.getRawInputContentsList());
            // gRPC's compressor takes arrays.
            assertThat(compressing.backend().copied().out()).isGreaterThanOrEqualTo(40_000);
        }
    }

    // --- refusals

    @Test
    void knowsOnlyItsModels() {
        refused(
                () -> client.infer(Requests.raw("none", "INT32", new byte[4], 1)),
                Status.Code.NOT_FOUND,
                "Request for unknown model: 'none' is not found");
        refused(
                () ->
                        client.infer(
                                Requests.raw("pair", "INT32", new byte[4], 1).toBuilder()
                                        .setModelVersion("x")
                                        .build()),
                Status.Code.INVALID_ARGUMENT,
                "failed to get model version from specified version string 'x' (details: stol), version should be an integral value > 0");
    }

    @Test
    void refusesTensorsThatDoNotFitTheirShape() {
        refused(
                () -> client.infer(Requests.raw("echo_int32", "INT32", new byte[7], 2)),
                Status.Code.INVALID_ARGUMENT,
                "[request id: <id_unknown>] input byte size mismatch for input 'X' for model 'echo_int32'. Expected 8, got 7");
        refused(
                () -> client.infer(Requests.raw("echo_int32", "FP32", new byte[8], 2)),
                Status.Code.INVALID_ARGUMENT,
                "[request id: <id_unknown>] inference input 'X' data-type is 'FP32', but model 'echo_int32' expects 'INT32'");
    }

    @Test
    void refusesInputsWithoutValues() {
        refused(
                () ->
                        client.infer(
                                Requests.to("echo_int32")
                                        .addInputs(Requests.input("X", "INT32", 1))
                                        .build()),
                Status.Code.INVALID_ARGUMENT,
                "unable to find data for input tensor 'X' for model 'echo_int32' in request.");
    }

    @Test
    void refusesValuesInTwoPlaces() {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder().addIntContents(1);
        refused(
                () ->
                        client.infer(
                                Requests.typed("echo_int32", "INT32", contents, 1).toBuilder()
                                        .addRawInputContents(ByteString.copyFrom(new byte[4]))
                                        .build()),
                Status.Code.INVALID_ARGUMENT,
                "contents field must not be specified when using raw_input_contents for 'X' for model 'echo_int32'");
    }

    @Test
    void refusesContentsOfAnotherType() {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder().addFp32Contents(1);
        refused(
                () -> client.infer(Requests.typed("echo_int32", "INT32", contents, 1)),
                Status.Code.INVALID_ARGUMENT,
                "unexpected explicit tensor data for input tensor 'X' for model 'echo_int32' of type 'FP32', expected datatype 'INT32'");
        InferTensorContents.Builder large = InferTensorContents.newBuilder().addIntContents(128);
        refused(
                () -> client.infer(Requests.typed("echo_int8", "INT8", large, 1)),
                Status.Code.INVALID_ARGUMENT,
                "value 128 in 'contents' of input 'X' does not fit INT8 (expected: -128..127)");
        InferTensorContents.Builder larger = InferTensorContents.newBuilder().addUintContents(-1);
        refused(
                () -> client.infer(Requests.typed("echo_uint16", "UINT16", larger, 1)),
                Status.Code.INVALID_ARGUMENT,
                "value 4294967295 in 'contents' of input 'X' does not fit UINT16 (expected: 0..65535)");
    }

    @Test
    void refusesParametersOfAnotherType() {
        ModelInferRequest request = Requests.raw("echo_int32", "INT32", new byte[4], 1);
        InferParameter text = InferParameter.newBuilder().setStringParam("1").build();
        refused(
                () -> client.infer(request.toBuilder().putParameters("timeout", text).build()),
                Status.Code.INVALID_ARGUMENT,
                "invalid value type for 'timeout' parameter, expected int64_param.");
        refused(
                () -> client.infer(request.toBuilder().putParameters("triton_x", text).build()),
                Status.Code.INVALID_ARGUMENT,
                "parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with 'triton_' are allowed: triton_enable_empty_final_response");
    }

    @Test
    void refusesSharedMemory() {
        ModelInferRequest request =
                Requests.to("echo_int32")
                        .addInputs(
                                Requests.input("X", "INT32", 1)
                                        .putParameters("shared_memory_region", Requests.number(1)))
                        .build();
        refused(
                () -> client.infer(request),
                Status.Code.UNIMPLEMENTED,
                "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.");
    }

    @Test
    void tellsWhatTheWorkerSays() throws Exception {
        try (EchoServer failing = EchoServer.running();
                InferenceClient other = new InferenceClient(failing.port())) {
            failing.backend().worker().fail("the op's own words");
            refused(
                    () -> other.infer(Requests.raw("echo_int32", "INT32", new byte[4], 1)),
                    Status.Code.INTERNAL,
                    "the op's own words");
        }
    }

    @Test
    void cutsTextsThatClientsWouldNotShow() {
        String name = "n".repeat(10_000);
        assertThatThrownBy(() -> client.infer(Requests.raw(name, "INT32", new byte[4], 1)))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> {
                            assertThat(refused.getStatus().getCode())
                                    .isEqualTo(Status.Code.NOT_FOUND);
                            assertThat(refused.getStatus().getDescription())
                                    .hasSize(4003)
                                    .startsWith("Request for unknown model: 'nnn")
                                    .endsWith("n...");
                        });
    }
}
