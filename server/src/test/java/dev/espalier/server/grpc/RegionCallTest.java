package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.espalier.protocol.CudaSharedMemoryRegisterRequest;
import dev.espalier.protocol.CudaSharedMemoryRegisterResponse;
import dev.espalier.protocol.CudaSharedMemoryStatusRequest;
import dev.espalier.protocol.CudaSharedMemoryStatusResponse;
import dev.espalier.protocol.InferParameter;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.protocol.SystemSharedMemoryRegisterRequest;
import dev.espalier.protocol.SystemSharedMemoryRegisterResponse;
import dev.espalier.protocol.SystemSharedMemoryStatusRequest;
import dev.espalier.protocol.SystemSharedMemoryStatusResponse;
import dev.espalier.protocol.SystemSharedMemoryUnregisterRequest;
import dev.espalier.protocol.SystemSharedMemoryUnregisterResponse;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.regions.ClientRegions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tensors in regions of a client's, whose folder is the test's.
@Timeout(60)
final class RegionCallTest {
    @TempDir private Path folder;
    private Path file;
    private EchoServer server;
    private InferenceClient client;

    @BeforeEach
    void start() throws Exception {
        file = Files.write(folder.resolve("file"), Arrays.copyOf(new byte[] {1, 2, 3, 4}, 4096));
        server = EchoServer.running(EchoServer.Options.DEFAULT.with(ClientRegions.in(folder)));
        client = new InferenceClient(server.port());
        register("r", 4096);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void register(String name, long size) {
        client.call(
                "SystemSharedMemoryRegister",
                SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName(name)
                        .setKey("/file")
                        .setByteSize(size)
                        .build(),
                SystemSharedMemoryRegisterResponse.getDefaultInstance());
    }

    private static void refused(ThrowingCallable call, Status.Code code, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> {
                            assertThat(refused.getStatus().getDescription()).isEqualTo(text);
                            assertThat(refused.getStatus().getCode()).isEqualTo(code);
                        });
    }

    private static Map<String, InferParameter> place(long offset, long size) {
        return Map.of(
                "shared_memory_region", InferParameter.newBuilder().setStringParam("r").build(),
                "shared_memory_offset", Requests.number(offset),
                "shared_memory_byte_size", Requests.number(size));
    }

    private static ModelInferRequest.Builder from(long offset, long size) {
        return Requests.to("echo_int8")
                .addInputs(Requests.input("X", "INT8", size).putAllParameters(place(offset, size)));
    }

    private byte[] content(int offset, int size) throws Exception {
        return Arrays.copyOfRange(Files.readAllBytes(file), offset, offset + size);
    }

    @Test
    void readsAnInputAndWritesAnOutput() throws Exception {
        assertThat(client.infer(from(1, 3).build()).getRawOutputContents(0).toByteArray())
                .containsExactly(2, 3, 4);

        ModelInferResponse answer =
                client.infer(
                        from(0, 4)
                                .addOutputs(Requests.output("X").putAllParameters(place(64, 5)))
                                .build());

        assertThat(answer.getRawOutputContentsList()).containsExactly(ByteString.EMPTY);
        assertThat(answer.getOutputs(0).getParametersMap()).isEmpty();
        assertThat(content(64, 5)).containsExactly(1, 2, 3, 4, 0);
    }

    /// Raw tensors are those of the inputs that lie in no region, whichever these are.
    @Test
    void goesTogetherWithRawTensors() {
        var a = Requests.input("A", "INT32", 1).putAllParameters(place(0, 4));
        var b = Requests.input("B", "BYTES", 1);
        ByteString string = ByteString.copyFrom(new byte[] {1, 0, 0, 0, 'b'});
        for (ModelInferRequest request :
                new ModelInferRequest[] {
                    Requests.to("pair")
                            .addInputs(a)
                            .addInputs(b)
                            .addRawInputContents(string)
                            .build(),
                    Requests.to("pair")
                            .addInputs(b)
                            .addInputs(a)
                            .addRawInputContents(string)
                            .build()
                }) {
            ModelInferResponse answer = client.infer(request);
            assertThat(answer.getRawOutputContents(0).toByteArray()).containsExactly(1, 2, 3, 4);
            assertThat(answer.getRawOutputContents(1)).isEqualTo(string);
        }
    }

    @Test
    void answersAStream() throws Exception {
        InferenceStream stream = client.stream();
        stream.ask(
                from(0, 4).addOutputs(Requests.output("X").putAllParameters(place(64, 2))).build());
        stream.ask(from(2, 2).build()).end();

        assertThat(stream.next().getErrorMessage())
                .isEqualTo(
                        "shared memory size specified with the request for output 'X' (2 bytes)"
                                + " should be at least 4 bytes to hold the results");
        assertThat(stream.next().getInferResponse().getRawOutputContents(0).toByteArray())
                .containsExactly(3, 4);
    }

    @Test
    void refusesPlacesThatAreNone() {
        InferParameter text = InferParameter.newBuilder().setStringParam("1").build();
        refused(
                () -> client.infer(with("shared_memory_region", Requests.number(1))),
                Status.Code.INVALID_ARGUMENT,
                "invalid value type for 'shared_memory_region' parameter for tensor 'X', expected"
                        + " string_param.");
        refused(
                () -> client.infer(with("shared_memory_byte_size", text)),
                Status.Code.INVALID_ARGUMENT,
                "invalid value type for 'shared_memory_byte_size' parameter for tensor 'X',"
                        + " expected int64_param.");
        refused(
                () -> client.infer(with("shared_memory_offset", text)),
                Status.Code.INVALID_ARGUMENT,
                "invalid value type for 'shared_memory_offset' parameter for tensor 'X', expected"
                        + " int64_param.");
        refused(
                () -> client.infer(with("shared_memory_offset", Requests.number(5000))),
                Status.Code.INVALID_ARGUMENT,
                "Invalid offset for shared memory region: 'r'");
    }

    private static ModelInferRequest with(String name, InferParameter value) {
        ModelInferRequest.Builder request = from(0, 4);
        request.getInputsBuilder(0).putParameters(name, value);
        return request.build();
    }

    @Test
    void keepsRegions() {
        register("a", 8);
        assertThat(statuses("").getRegionsMap()).containsOnlyKeys("a", "r");
        assertThat(statuses("a").getRegionsOrThrow("a").getByteSize()).isEqualTo(8);
        client.call(
                "SystemSharedMemoryUnregister",
                SystemSharedMemoryUnregisterRequest.newBuilder().setName("r").build(),
                SystemSharedMemoryUnregisterResponse.getDefaultInstance());
        refused(
                () -> client.infer(from(0, 4).build()),
                Status.Code.NOT_FOUND,
                "Unable to find shared memory region: 'r'");
    }

    @Test
    void hasNoneOnGpus() {
        assertThat(
                        client.call(
                                        "CudaSharedMemoryStatus",
                                        CudaSharedMemoryStatusRequest.getDefaultInstance(),
                                        CudaSharedMemoryStatusResponse.getDefaultInstance())
                                .getRegionsMap())
                .isEmpty();
        refused(
                () ->
                        client.call(
                                "CudaSharedMemoryRegister",
                                CudaSharedMemoryRegisterRequest.getDefaultInstance(),
                                CudaSharedMemoryRegisterResponse.getDefaultInstance()),
                Status.Code.UNIMPLEMENTED,
                "shared memory of GPUs is not supported: the server itself uses none (expected:"
                        + " system shared memory, or tensors in the request)");
    }

    private SystemSharedMemoryStatusResponse statuses(String name) {
        return client.call(
                "SystemSharedMemoryStatus",
                SystemSharedMemoryStatusRequest.newBuilder().setName(name).build(),
                SystemSharedMemoryStatusResponse.getDefaultInstance());
    }

    /// Who registers a region has the server read and write it.
    @Test
    void letsNobodyRegisterWithoutTheirScope() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens"), "chief admin\nreader infer\n");
        var options =
                EchoServer.Options.DEFAULT
                        .with(ClientRegions.in(folder))
                        .with(AccessTokens.read(tokens));
        Message request =
                SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName("r")
                        .setKey("file")
                        .setByteSize(1)
                        .build();
        try (EchoServer guarded = EchoServer.running(options);
                InferenceClient other = new InferenceClient(guarded.port())) {
            refused(
                    () ->
                            other.call(
                                    "SystemSharedMemoryRegister",
                                    request,
                                    SystemSharedMemoryRegisterResponse.getDefaultInstance(),
                                    "reader"),
                    Status.Code.PERMISSION_DENIED,
                    "the token's scope is 'infer' (expected: a token with scope 'admin')");
            other.call(
                    "SystemSharedMemoryRegister",
                    request,
                    SystemSharedMemoryRegisterResponse.getDefaultInstance(),
                    "chief");
        }
    }
}
