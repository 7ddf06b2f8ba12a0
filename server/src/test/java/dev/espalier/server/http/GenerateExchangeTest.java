package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests as flat JSON objects, answered with one such object or with a stream of them.
@Timeout(60)
final class GenerateExchangeTest {
    private static final String NOT_ONE =
            "generate expects model to produce exactly 1 response, use generate stream for model that generates various number of responses";

    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.running();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawClient.Answer generate(String model, String json) throws IOException {
        try (RawClient client = server.connect()) {
            return client.post(
                            "/v2/models/" + model + "/generate",
                            json.getBytes(StandardCharsets.UTF_8))
                    .read();
        }
    }

    /// The answer of a stream, which is left open.
    private static RawClient.Answer stream(RawClient client, String model, String json)
            throws IOException {
        return client.post(
                        "/v2/models/" + model + "/generate_stream",
                        json.getBytes(StandardCharsets.UTF_8))
                .readChunked();
    }

    private static String event(String id) {
        return "data: {\"X\":7,\"id\":\"%s\",\"model_name\":\"echo_int32\",\"model_version\":\"1\"}\n\n"
                .formatted(id);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "echo_int32|[1,-2]|[1,-2]",
                "echo_int32|5|5",
                "echo_int32|[5]|5",
                "echo_int32|[]|[]",
                "echo_int32|[[1],[2]]|[1,2]",
                "echo_bool|true|true",
                "echo_fp32|[1,NaN]|[1.0,NaN]",
                "echo_bytes|\"a\\u00e9\\\"\"|\"aé\\\"\"",
                "echo_bytes|[\"\",\"x\"]|[\"\",\"x\"]",
                "batch|[1,2,3,4]|[1,2,3,4]",
            })
    void answersValuesAsTheyCame(String model, String given, String answered) throws Exception {
        RawClient.Answer answer = generate(model, "{\"X\":%s,\"free\":true}".formatted(given));

        assertThat(answer.text())
                .isEqualTo(
                        "{\"X\":%s,\"model_name\":\"%s\",\"model_version\":\"1\"}"
                                .formatted(answered, model));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
    }

    @Test
    void ordersMembersByTheirNames() throws Exception {
        assertThat(generate("pair", "{\"B\":\"x\",\"A\":1,\"id\":\"i\"}").text())
                .isEqualTo(
                        "{\"A\":1,\"B\":\"x\",\"id\":\"i\",\"model_name\":\"pair\",\"model_version\":\"1\"}");
    }

    @Test
    void answersMuchJsonBesideTheLoop() throws Exception {
        String values = "[" + "123456789,".repeat(200_000) + "1]";

        RawClient.Answer answer = generate("echo_int32", "{\"X\":" + values + "}");

        assertThat(answer.text()).startsWith("{\"X\":" + values + ",");
        ObservedInferences.await(() -> server.heapUsed() == 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "echo_int32|{\"X\":1.5}|500",
                "echo_int32|{\"X\":{}}|500",
                "echo_int32|{\"X\":1,\"y\":null}|400",
                "echo_int32|{\"X\":1,\"id\":2}|500",
                "echo_int32|{\"X\":1,\"X\":2}|400",
                "echo_int32|{\"X\":1,\"parameters\":[]}|500",
                "echo_int32|{}|400",
                "echo_int32|[]|500",
                "echo_int32|{\"X\":|500",
                "echo_int32|{\"X\":\"|500",
                "batch|{\"X\":[1,2,3]}|400",
                "none|{}|404",
            })
    void refusesWhatIsWrongOnEitherRoute(String model, String json, int status) throws Exception {
        RawClient.Answer refused = generate(model, json);
        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.text()).startsWith("{\"error\":\"");
        try (RawClient client = server.connect()) {
            RawClient.Answer streamed =
                    client.post(
                                    "/v2/models/" + model + "/generate_stream",
                                    json.getBytes(StandardCharsets.UTF_8))
                            .read();
            assertThat(streamed.status()).isEqualTo(status);
            assertThat(streamed.text()).isEqualTo(refused.text());
            assertThat(streamed.header("content-type")).isEqualTo("application/json");
        }
    }

    @ParameterizedTest
    @CsvSource({"many 0", "many 2", "many 2 last", "many 3"})
    void refusesMoreOrLessThanOneAnswer(String id) throws Exception {
        RawClient.Answer answer = generate("echo_int32", "{\"X\":7,\"id\":\"%s\"}".formatted(id));
        assertThat(answer.text()).isEqualTo("{\"error\":\"%s\"}".formatted(NOT_ONE));
        assertThat(answer.status()).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource({"many 1", "many 1 last", "any"})
    void takesOneAnswer(String id) throws Exception {
        RawClient.Answer answer = generate("echo_int32", "{\"X\":7,\"id\":\"%s\"}".formatted(id));
        assertThat("data: " + answer.text() + "\n\n").isEqualTo(event(id));
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void streamsAnswersOneEventEachOverAConnectionThatStays() throws Exception {
        try (RawClient client = server.connect()) {
            for (int count : new int[] {0, 1, 3}) {
                String id = "many " + count;
                RawClient.Answer answer =
                        stream(client, "echo_int32", "{\"X\":7,\"id\":\"%s\"}".formatted(id));
                assertThat(answer.text()).isEqualTo(event(id).repeat(count));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("content-type"))
                        .isEqualTo("text/event-stream; charset=utf-8");
            }
        }
    }

    @Test
    void tellsAFailureAsTheLastEvent() throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer =
                    stream(client, "echo_int32", "{\"X\":7,\"id\":\"many 1 failed\"}");
            assertThat(answer.text())
                    .isEqualTo(
                            event("many 1 failed")
                                    + "data: {\"error\":\"it fails in the end\"}\n\n");
            assertThat(answer.status()).isEqualTo(200);
            RawClient.Answer first =
                    stream(client, "echo_int32", "{\"X\":7,\"id\":\"many 0 failed\"}");
            assertThat(first.text()).isEqualTo("data: {\"error\":\"it fails in the end\"}\n\n");
            assertThat(first.status()).isEqualTo(400);
        }
    }

    @Test
    void endsTheStreamOfAnOldClientWithItsConnection() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    "POST /v2/models/echo_int32/generate_stream HTTP/1.0\r\nHost: test\r\nConnection: keep-alive\r\nContent-Length: 23\r\n\r\n{\"X\":7,\"id\":\"many 2\"}  ");
            RawClient.Answer head = client.readHead();
            assertThat(head.headers()).doesNotContainKeys("transfer-encoding", "content-length");
            assertThat(new String(client.rest(), StandardCharsets.UTF_8))
                    .isEqualTo(event("many 2").repeat(2));
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsWhatItHasNotRead() throws Exception {
        String large = "\"" + "x".repeat(1 << 20) + "\"";
        try (RawClient client = server.connect()) {
            String body = "{\"X\":%s,\"id\":\"many 50\"}".formatted(large);
            client.post(
                    "/v2/models/echo_bytes/generate_stream", body.getBytes(StandardCharsets.UTF_8));
            ObservedInferences.await(() -> server.many().unread() > 0);
            // More than the sockets hold.
            RawClient.Answer answer = client.readChunked();
            assertThat(answer.text()).hasSizeGreaterThan(50 << 20);
            ObservedInferences.await(() -> server.many().unread() == 0);
        }
    }

    @Test
    void aClientThatGoesGivesEverythingBack() throws Exception {
        String large = "\"" + "x".repeat(1 << 20) + "\"";
        try (RawClient client = server.connect()) {
            String body = "{\"X\":%s,\"id\":\"many 50\"}".formatted(large);
            client.post(
                    "/v2/models/echo_bytes/generate_stream", body.getBytes(StandardCharsets.UTF_8));
            ObservedInferences.await(() -> server.many().unread() > 0);
        }
        ObservedInferences.await(() -> server.many().unread() == 0 && server.heapUsed() == 0);
    }

    @Test
    void oneAnswerIsAllThatInferGives() throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer =
                    client.infer(
                            "echo_int32",
                            "{\"id\":\"many 1\",\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":[1]}]}");
            assertThat(answer.status()).isEqualTo(501);
            assertThat(answer.text())
                    .isEqualTo(
                            "{\"error\":\"HTTP end point doesn't support models with decoupled transaction policy\"}");
        }
    }
}
