package dev.espalier.server.http;

import static dev.espalier.server.http.ObservedInferences.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.metrics.FailureReason;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that go away, and a server that does, with requests under way. The worker runs only what the
/// test lets it; one request runs, one may wait.
@Timeout(60)
final class UploadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private EchoServer server;
    private RawClient running;

    @BeforeEach
    void occupyTheInstance() throws Exception {
        server = EchoServer.holding();
        running = server.connect();
        running.send(request(1));
        server.inferences().awaitSubmitted(1);
    }

    @AfterEach
    void stop() throws Exception {
        running.close();
        server.close();
    }

    private static byte[] request(int value) {
        byte[] json =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[8],\"datatype\":\"INT32\",\"parameters\":{\"binary_data_size\":32}}]}"
                        .getBytes(StandardCharsets.UTF_8);
        byte[] tensor = new byte[32];
        tensor[0] = (byte) value;
        return RawClient.request(
                "/v2/models/queue/infer",
                RawClient.joined(json, tensor),
                "Inference-Header-Content-Length: " + json.length);
    }

    /// All of a request but its last bytes.
    private static byte[] half(int value) {
        byte[] request = request(value);
        return Arrays.copyOf(request, request.length - 3);
    }

    private void awaitCanceled() {
        await(() -> server.statistics("queue").failures(FailureReason.CANCELED) == 1);
    }

    private RawClient client(byte[] bytes) throws Exception {
        return server.connect().send(bytes);
    }

    /// The queue is full, and has a place again once `victim` has gone.
    private void assertThatItsPlaceBecomesFree(RawClient victim) throws Exception {
        try (RawClient refused = client(request(8))) {
            RawClient.Answer answer = refused.read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text())
                    .isEqualTo(
                            "{\"error\":\"[request id: <id_unknown>] Exceeds maximum queue size\"}");
        }
        victim.reset();
        awaitCanceled();
        try (RawClient next = client(request(3))) {
            server.worker().permit(10);
            assertThat(running.read().text()).contains("[1,");
            assertThat(next.read().text()).contains("[3,");
        }
        assertThat(server.worker().batches()).hasSize(2);
    }

    @Test
    void aHalfUploadedBodyFreesItsPlaceWhenItsClientGoes() throws Exception {
        RawClient uploading = client(half(2));
        server.inferences().awaitOpened(2);
        assertThatItsPlaceBecomesFree(uploading);
    }

    @Test
    void aRequestInLineFreesItsPlaceWhenItsClientGoes() throws Exception {
        RawClient waiting = client(request(2));
        server.inferences().awaitSubmitted(2);
        assertThatItsPlaceBecomesFree(waiting);
    }

    @Test
    void aBodyThatBreaksOffInTheMiddleFreesItsPlace() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[8],\"datatype\":\"INT32\",\"parameters\":{\"binary_data_size\":32}}]}";
        try (RawClient broken =
                client(
                        ("POST /v2/models/queue/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding:"
                                        + " chunked\r\nInference-Header-Content-Length: %d\r\n\r\n%x\r\n%s%s\r\nzz\r\n")
                                .formatted(json.length(), json.length() + 5, json, "12345")
                                .getBytes(StandardCharsets.UTF_8))) {
            assertThat(broken.read().status()).isEqualTo(400);
            awaitCanceled();
        }
    }

    @Test
    void aClientThatGoesWhileItsRequestRunsHurtsNobody() throws Exception {
        running.reset();
        awaitCanceled();
        try (RawClient next = client(request(4))) {
            server.worker().permit(10);
            assertThat(next.read().text()).contains("[4,");
        }
    }

    @Test
    void aPipelinedRequestWaitsForTheAnswerBeforeIt() throws Exception {
        running.send(request(5));
        try (RawClient other = client(request(6))) {
            server.inferences().awaitSubmitted(2);
            server.worker().permit(10);
            assertThat(running.read().text()).contains("[1,");
            assertThat(running.read().text()).contains("[5,");
            assertThat(other.read().text()).contains("[6,");
        }
        assertThat(server.worker().batches()).hasSize(3);
    }

    @Test
    void answersWhatIsUnderWayBeforeItStops() throws Exception {
        try (RawClient idle = server.connect()) {
            assertThat(idle.get("/v2/health/live").read().status()).isEqualTo(200);
            var stopped = CompletableFuture.supplyAsync(() -> server.drain(PATIENCE));
            assertThat(idle.isEnded()).isTrue();
            assertThatThrownBy(server::connect).isInstanceOf(ConnectException.class);
            assertThat(stopped).isNotDone();

            server.worker().permit(1);

            RawClient.Answer answer = running.read();
            assertThat(answer.text()).contains("[1,");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(running.isEnded()).isTrue();
            assertThat(stopped.get(30, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void cutsOffWhatLastsLongerThanItsPatience() throws Exception {
        assertThat(server.drain(Duration.ofMillis(20))).isEqualTo(1);
        assertThat(running.isEnded()).isTrue();
    }
}
