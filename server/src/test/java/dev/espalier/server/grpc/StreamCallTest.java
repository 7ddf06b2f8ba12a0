package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.InferParameter;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelStreamInferResponse;
import dev.espalier.server.http.ObservedInferences;
import dev.espalier.server.metrics.FailureReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams of requests, as clients send and see them. The worker runs only what a test lets it.
@Timeout(60)
final class StreamCallTest {
    private EchoServer server;
    private InferenceClient client;

    @BeforeEach
    void start() throws Exception {
        server = EchoServer.holding();
        client = new InferenceClient(server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void run() {
        server.backend().worker().permit(1 << 20);
    }

    private static ModelInferRequest request(String model, String id, int value) {
        byte[] tensor = {(byte) value, 0, 0, 0};
        return Requests.raw(model, "INT32", tensor, 1).toBuilder().setId(id).build();
    }

    private static ModelInferRequest echo(String id) {
        return request("echo_int32", id, 7);
    }

    private static ModelInferRequest wantingEnd(String id) {
        return echo(id).toBuilder()
                .putParameters(
                        "triton_enable_empty_final_response",
                        InferParameter.newBuilder().setBoolParam(true).build())
                .build();
    }

    private static boolean isLast(ModelStreamInferResponse answer) {
        return answer.getInferResponse()
                .getParametersOrThrow("triton_final_response")
                .getBoolParam();
    }

    // --- one answer each

    @Test
    void answersInTheOrderOfTheRequestsWhateverIsReadyFirst() throws Exception {
        InferenceStream stream = client.stream();
        stream.ask(request("queue", "slow", 1)).ask(echo("fast")).end();
        server.backend().inferences().awaitSubmitted(2);
        // The worker's two instances are let go in any order: the first answer is the first
        // request's.
        run();

        assertThat(stream.nextId()).isEqualTo("slow");
        ModelStreamInferResponse second = stream.next();
        assertThat(second.getInferResponse().getId()).isEqualTo("fast");
        assertThat(second.getInferResponse().getRawOutputContents(0))
                .isEqualTo(ByteString.copyFrom(new byte[] {7, 0, 0, 0}));
        assertThat(isLast(second)).isTrue();
        assertThat(stream.status()).isEqualTo(Status.OK);
    }

    @Test
    void aRefusedRequestWaitsForItsTurnAndLeavesTheStreamOpen() throws Exception {
        InferenceStream stream = client.stream();
        stream.ask(echo("a")).ask(request("nope", "b", 1)).ask(echo("c"));
        server.backend().inferences().awaitSubmitted(2);
        assertThat(stream.waiting()).isZero();
        run();

        assertThat(stream.nextId()).isEqualTo("a");
        ModelStreamInferResponse refused = stream.next();
        assertThat(refused.getErrorMessage())
                .isEqualTo("Request for unknown model: 'nope' is not found");
        assertThat(refused.getInferResponse().getId()).isEqualTo("b");
        assertThat(refused.getInferResponse().getParametersMap()).isEmpty();
        assertThat(stream.nextId()).isEqualTo("c");
        assertThat(stream.end().status()).isEqualTo(Status.OK);
    }

    @Test
    void aRequestThatFailsSaysSoAndNamesItsModel() throws Exception {
        server.backend().worker().fail("the op is out of sorts");
        run();
        InferenceStream stream = client.stream().ask(echo("a"));

        ModelStreamInferResponse failed = stream.next();
        assertThat(failed.getErrorMessage()).contains("the op is out of sorts");
        assertThat(failed.getInferResponse().getId()).isEqualTo("a");
        assertThat(failed.getInferResponse().getModelName()).isEqualTo("echo_int32");
        assertThat(isLast(failed)).isTrue();
        server.backend().worker().fail("");
        assertThat(stream.ask(echo("b")).nextId()).isEqualTo("b");
    }

    @Test
    void aRequestThatFailsEndsAStreamThatWantsItSo() throws Exception {
        server.backend().worker().fail("the op is out of sorts");
        InferenceStream stream = client.stream("triton_grpc_error", "true");
        stream.ask(request("nope", "n", 1)).ask(echo("a")).ask(echo("b"));
        server.backend().inferences().awaitSubmitted(2);
        run();

        assertThat(stream.next().getErrorMessage()).contains("'nope' is not found");
        assertThat(stream.status().getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(stream.status().getDescription()).contains("the op is out of sorts");
    }

    @Test
    void aStreamWithoutRequestsEndsWell() throws Exception {
        assertThat(client.stream().end().status()).isEqualTo(Status.OK);
    }

    @Test
    void answersAMessageThatIsNoneAndGoesOn() throws Exception {
        run();
        try (Http2Client raw = new Http2Client(server.port())) {
            int stream = raw.begin(Http2Client.INFER_STREAM);
            byte[] noise = Http2Client.prefixed(new byte[] {-1, -2, -1});
            byte[] whole = Http2Client.prefixed(echo("x").toByteArray());
            raw.data(stream, Http2Client.concat(noise, whole), Http2Client.END_STREAM);

            Http2Client.Answer answer = raw.answer(stream);
            List<ModelStreamInferResponse> messages = StreamFramesTest.messages(answer);
            assertThat(messages.get(0).getErrorMessage()).isEqualTo("Unable to parse request");
            assertThat(messages.get(1).getInferResponse().getId()).isEqualTo("x");
            assertThat(answer.status()).isEqualTo("0");
        }
    }

    @Test
    void copiesNothingOfLargeTensors() throws Exception {
        run();
        byte[] tensor = new byte[8 << 20];
        new Random(8).nextBytes(tensor);
        long in = server.backend().copied().in();
        long out = server.backend().copied().out();
        InferenceStream stream = client.stream();
        for (int i = 0; i < 3; i++) {
            stream.ask(Requests.raw("echo_uint8", "UINT8", tensor, tensor.length));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(stream.next().getInferResponse().getRawOutputContents(0).toByteArray())
                    .isEqualTo(tensor);
        }
        assertThat(server.backend().copied().in()).isEqualTo(in);
        assertThat(server.backend().copied().out()).isEqualTo(out);
    }

    @Test
    void aCancelledStreamGivesItsRequestsUp() {
        InferenceStream stream = client.stream();
        stream.ask(request("queue", "a", 1)).ask(request("queue", "b", 2));
        server.backend().inferences().awaitSubmitted(2);
        stream.cancel();
        ObservedInferences.await(
                () -> server.backend().statistics("queue").failures(FailureReason.CANCELED) == 2);
    }

    @Test
    void aCancelledStreamGivesAnswersBackThatWaitForTheirTurn() {
        run();
        InferenceStream stream = client.stream();
        stream.ask(echo("never")).ask(echo("a")).ask(echo("b"));
        ObservedInferences.await(() -> server.backend().worker().leases() == 2);
        assertThat(server.backend().heap().used()).isPositive();
        stream.cancel();
        ObservedInferences.await(() -> server.backend().worker().leases() == 0);
        ObservedInferences.await(() -> server.backend().heap().used() == 0);
        assertThat(stream.waiting()).isZero();
    }

    @Test
    void requestsAndUnreadAnswersCountOnTheHeap() throws Exception {
        InferenceStream stream = client.stream();
        for (int i = 0; i < 64; i++) {
            stream.ask(echo("never"));
        }
        ObservedInferences.await(() -> server.backend().heap().used() >= 64 * (4 << 10));
        long before = server.backend().heap().used();
        run();
        stream.ask(echo("a"));
        ObservedInferences.await(
                () -> server.backend().heap().used() >= before + (4 << 10) + (1 << 10));
        stream.cancel();
        ObservedInferences.await(() -> server.backend().heap().used() == 0);
    }

    @Test
    void answersWhatIsUnderWayBeforeTheServerStops() throws Exception {
        InferenceStream idle = client.stream();
        InferenceStream stream = client.stream().ask(echo("a"));
        server.backend().inferences().awaitSubmitted(1);
        CompletableFuture<Void> stopped =
                CompletableFuture.runAsync(() -> server.drain(Duration.ofSeconds(30)));
        assertThat(idle.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        run();
        assertThat(stream.nextId()).isEqualTo("a");
        assertThat(stream.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        stopped.get(30, TimeUnit.SECONDS);
    }

    // --- any number of answers

    @Test
    void answersADecoupledModelUntilItsEnd() throws Exception {
        run();
        InferenceStream stream = client.stream();
        stream.ask(echo("many 2")).ask(echo("many 0")).ask(echo("many 2 last"));
        stream.ask(wantingEnd("many 1")).ask(echo("many 1 failed")).end();
        List<String> seen = new ArrayList<>();
        assertThat(stream.status()).isEqualTo(Status.OK);
        while (stream.waiting() > 0) {
            ModelStreamInferResponse answer = stream.next();
            seen.add(
                    "%s %d %s%s"
                            .formatted(
                                    answer.getInferResponse().getId(),
                                    answer.getInferResponse().getOutputsCount(),
                                    isLast(answer),
                                    answer.getErrorMessage()));
        }
        assertThat(seen)
                .containsExactly(
                        "many 2 1 false",
                        "many 2 1 false",
                        "many 2 last 1 false",
                        "many 2 last 1 true",
                        "many 1 1 false",
                        "many 1 0 true",
                        "many 1 failed 1 false",
                        "many 1 failed 0 trueit fails in the end");
        assertThat(server.many().unread()).isZero();
    }

    @Test
    void nobodyWaitsForTheAnswersOfADecoupledModel() throws Exception {
        InferenceStream stream = client.stream();
        stream.ask(echo("many 1 last")).ask(request("nope", "refused", 1));
        assertThat(stream.next().getInferResponse().getId()).isEqualTo("refused");
        run();
        assertThat(stream.nextId()).isEqualTo("many 1 last");
    }

    @Test
    void anAnswerThatCannotBeToldIsTheLastWord() throws Exception {
        run();
        InferenceStream stream = client.stream().ask(echo("many 3 untellable"));
        ModelStreamInferResponse failed = stream.next();
        assertThat(failed.getErrorMessage()).isEqualTo("it has no order");
        assertThat(isLast(failed)).isTrue();
        assertThat(stream.ask(echo("many 1 last")).nextId()).isEqualTo("many 1 last");
        assertThat(stream.end().status()).isEqualTo(Status.OK);
        assertThat(server.many().unread()).isZero();
    }

    @Test
    void oneAnswerIsAllThatModelInferGives() {
        InferCallTest.refused(
                () -> client.infer(echo("many 1")),
                Status.Code.UNIMPLEMENTED,
                "ModelInfer RPC doesn't support models with decoupled transaction policy");
    }
}
