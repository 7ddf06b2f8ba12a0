package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.ModelRepositoryParameter;
import dev.espalier.protocol.RepositoryModelLoadRequest;
import dev.espalier.protocol.RepositoryModelLoadResponse;
import dev.espalier.protocol.RepositoryModelUnloadRequest;
import dev.espalier.protocol.RepositoryModelUnloadResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Loading and unloading over gRPC. The models of the server cannot be changed, so what is understood is
/// UNAVAILABLE.
@Timeout(60)
final class RepositoryMethodsTest {
    private static final ModelRepositoryParameter TEXT =
            ModelRepositoryParameter.newBuilder().setStringParam("{}").build();
    private static final ModelRepositoryParameter BYTES =
            ModelRepositoryParameter.newBuilder()
                    .setBytesParam(ByteString.copyFromUtf8("x"))
                    .build();

    private EchoServer server;
    private InferenceClient client;

    @BeforeEach
    void start() throws Exception {
        server = EchoServer.running();
        client = new InferenceClient(server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private static RepositoryModelLoadRequest.Builder pair() {
        return RepositoryModelLoadRequest.newBuilder().setModelName("pair");
    }

    private void refused(
            RepositoryModelLoadRequest.Builder request, Status.Code code, String text) {
        refused(
                () ->
                        client.call(
                                "RepositoryModelLoad",
                                request.build(),
                                RepositoryModelLoadResponse.getDefaultInstance()),
                code,
                text);
    }

    private static void refused(ThrowingCallable call, Status.Code code, String text) {
        StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(refusal.getStatus().getDescription()).isEqualTo(text);
        assertThat(refusal.getStatus().getCode()).isEqualTo(code);
    }

    @Test
    void asksForWhatIsUnderstood() {
        String text = "explicit model load / unload is not allowed if polling is enabled";
        refused(pair(), Status.Code.UNAVAILABLE, text);
        refused(
                pair().putParameters("config", TEXT).putParameters("file:1/model.onnx", BYTES),
                Status.Code.UNAVAILABLE,
                text);
        refused(() -> unload(""), Status.Code.UNAVAILABLE, text);
    }

    private void unload(String repository) {
        client.call(
                "RepositoryModelUnload",
                RepositoryModelUnloadRequest.newBuilder()
                        .setRepositoryName(repository)
                        .setModelName("pair")
                        .build(),
                RepositoryModelUnloadResponse.getDefaultInstance());
    }

    @Test
    void refusesParametersOfAnotherType() {
        refused(
                pair().putParameters("config", BYTES),
                Status.Code.INVALID_ARGUMENT,
                "invalid value type for load parameter 'config', expected string_param.");
        refused(
                pair().putParameters("file:1/model.onnx", TEXT),
                Status.Code.INVALID_ARGUMENT,
                "invalid value type for load parameter 'file:1/model.onnx', expected bytes_param.");
    }

    @Test
    void refusesParametersThatItDoesNotKnow() {
        refused(
                pair().putParameters("colour", TEXT),
                Status.Code.INVALID_ARGUMENT,
                "unrecognized load parameter 'colour'.");
    }

    @Test
    void knowsOneRepositoryOnly() {
        String text = "'repository_name' specification is not supported";
        refused(pair().setRepositoryName("r"), Status.Code.UNIMPLEMENTED, text);
        refused(() -> unload("r"), Status.Code.UNIMPLEMENTED, text);
    }
}
