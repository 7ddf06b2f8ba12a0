package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.server.http.ObservedInferences;
import dev.espalier.server.metrics.FailureReason;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Calls that are given up, and a server that stops, with requests under way. The worker runs only what the
/// test lets it; one request runs, one may wait.
@Timeout(60)
final class CancellationTest {
    private EchoServer server;
    private InferenceClient client;
    private CompletableFuture<ModelInferResponse> running;

    @BeforeEach
    void occupyTheInstance() throws Exception {
        server = EchoServer.holding();
        client = new InferenceClient(server.port());
        running = client.inferLater(request(1));
        server.backend().inferences().awaitSubmitted(1);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private static ModelInferRequest request(int value) {
        return Requests.raw("queue", "INT32", new byte[] {(byte) value, 0, 0, 0}, 1);
    }

    private static void assertThatItAnswers(CompletableFuture<ModelInferResponse> answer, int value)
            throws Exception {
        assertThat(answer.get(30, TimeUnit.SECONDS).getRawOutputContents(0))
                .isEqualTo(ByteString.copyFrom(new byte[] {(byte) value, 0, 0, 0}));
    }

    /// The queue is full, and has a place again once `giveUp` has run.
    private void assertThatAPlaceBecomesFree(Runnable giveUp) throws Exception {
        InferCallTest.refused(
                () -> client.infer(request(8)),
                Status.Code.UNAVAILABLE,
                "[request id: <id_unknown>] Exceeds maximum queue size");
        giveUp.run();
        awaitCanceled();
        CompletableFuture<ModelInferResponse> next = client.inferLater(request(3));
        server.backend().inferences().awaitSubmitted(3);
        server.backend().worker().permit(10);
        assertThatItAnswers(running, 1);
        assertThatItAnswers(next, 3);
        assertThat(server.backend().worker().batches()).hasSize(2);
    }

    private void awaitCanceled() {
        ObservedInferences.await(
                () -> server.backend().statistics("queue").failures(FailureReason.CANCELED) > 0);
    }

    @Test
    void aCancelledCallInLineFreesItsPlace() throws Exception {
        CompletableFuture<ModelInferResponse> waiting = client.inferLater(request(2));
        server.backend().inferences().awaitSubmitted(2);
        assertThatAPlaceBecomesFree(() -> waiting.cancel(true));
    }

    @Test
    void aClientThatGoesFreesItsPlaces() throws Exception {
        InferenceClient going = new InferenceClient(server.port());
        going.inferLater(request(2));
        server.backend().inferences().awaitSubmitted(2);
        assertThatAPlaceBecomesFree(going::close);
    }

    @Test
    void aCallWhoseDeadlinePassesFreesItsPlace() throws Exception {
        assertThatThrownBy(() ->
                        client.infer(
                                request(2),
                                CallOptions.DEFAULT.withDeadlineAfter(50, TimeUnit.MILLISECONDS)))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused ->
                                assertThat(refused.getStatus().getCode())
                                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        CompletableFuture<ModelInferResponse> next = client.inferLater(request(3));
        server.backend().worker().permit(10);
        assertThatItAnswers(running, 1);
        assertThatItAnswers(next, 3);
    }

    @Test
    void aCallThatIsCancelledWhileItRunsHurtsNobody() throws Exception {
        running.cancel(true);
        awaitCanceled();
        CompletableFuture<ModelInferResponse> next = client.inferLater(request(4));
        server.backend().worker().permit(10);
        assertThatItAnswers(next, 4);
    }

    @Test
    void answersWhatIsUnderWayBeforeItStops() throws Exception {
        CompletableFuture<Void> stopped =
                CompletableFuture.runAsync(() -> server.drain(Duration.ofSeconds(30)));
        server.backend().worker().permit(1);
        assertThatItAnswers(running, 1);
        stopped.get(30, TimeUnit.SECONDS);
    }

    @Test
    void cutsOffWhatLastsLongerThanItsPatience() {
        server.drain(Duration.ofMillis(20));
        assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(StatusRuntimeException.class)
                .rootCause()
                .hasMessageMatching("(CANCELLED|UNAVAILABLE): .*");
    }
}
