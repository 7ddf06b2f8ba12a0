package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.espalier.protocol.ops.OpLibrariesRequest;
import dev.espalier.protocol.ops.OpLibrariesResponse;
import dev.espalier.protocol.ops.OpLibrary;
import dev.espalier.protocol.ops.OpLibraryRefusal;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The service about op libraries. The server has one, which the model `batch` uses.
@Timeout(60)
final class OpLibraryProtocolTest {
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

    private OpLibrariesResponse libraries(String model) {
        return client.call(
                "espalier.OpLibraryService",
                "OpLibraries",
                OpLibrariesRequest.newBuilder().setModel(model).build(),
                OpLibrariesResponse.getDefaultInstance());
    }

    @Test
    void tellsWhatUsesALibraryAndWhereItRuns() {
        assertThat(libraries("").getLibrariesList())
                .containsExactly(
                        OpLibrary.newBuilder()
                                .setName("libecho.so")
                                .setSha256("ab12")
                                .setEngine("echo")
                                .addOps("my:Echo")
                                .addOps("my:Delay")
                                .addPlaces("/models/batch/ops/libecho.so")
                                .addModels(
                                        OpLibrary.Model.newBuilder()
                                                .setName("batch")
                                                .setVersion("1"))
                                .addWorkers(
                                        OpLibrary.Worker.newBuilder()
                                                .setName("echo [libecho.so@ab12]")
                                                .setPid(17)
                                                .setDeaths(2))
                                .addShadows(
                                        OpLibrary.Shadow.newBuilder()
                                                .setOp("my:Echo")
                                                .setLibrary("libfar.so@cd34")
                                                .setPlace("/far/libfar.so"))
                                .setLoadUs(1500)
                                .build());
        assertThat(libraries("").getRefusedList())
                .containsExactly(
                        OpLibraryRefusal.newBuilder()
                                .setName("libbad.so")
                                .setPlace("/far/libbad.so")
                                .setReason("is \"bad\"")
                                .build());
    }

    @Test
    void tellsTheLibrariesOfOneModel() {
        assertThat(libraries("batch")).isEqualTo(libraries(""));
        assertThat(libraries("classes").getLibrariesList()).isEmpty();
        StatusRuntimeException refusal =
                catchThrowableOfType(StatusRuntimeException.class, () -> libraries("nobody"));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }
}
