package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How HTTP itself is spoken, whatever is asked.
@Timeout(60)
final class HttpConnectionTest {
    private static final String INFER = "/v2/models/echo_int32/infer";
    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.running();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] one(int value) {
        return "{\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":[%d]}]}"
                .formatted(value)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void answersManyRequestsOnOneConnection() throws Exception {
        try (RawClient client = server.connect()) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.post(INFER, one(i)).read().text()).contains("[" + i + "]");
                assertThat(client.get("/v2/health/live").read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() throws Exception {
        try (RawClient client = server.connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                requests.append(
                        switch (i % 3) {
                            case 0 ->
                                    new String(
                                            RawClient.request(INFER, one(i)),
                                            StandardCharsets.UTF_8);
                            case 1 -> "GET /v2/models/nope HTTP/1.1\r\nHost: test\r\n\r\n";
                            default -> "GET /v2 HTTP/1.1\r\nHost: test\r\n\r\n";
                        });
            }
            client.send(requests.toString());
            for (int i = 0; i < 100; i++) {
                RawClient.Answer answer = client.read();
                assertThat(answer.status()).isEqualTo(i % 3 == 1 ? 404 : 200);
                assertThat(answer.text())
                        .contains(
                                switch (i % 3) {
                                    case 0 -> "\"data\":[" + i + "]";
                                    case 1 -> "unknown model: 'nope'";
                                    default -> "\"name\":\"echo\"";
                                });
            }
        }
    }

    @Test
    void closesTheConnectionWhereTheClientAsksForIt() throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer = client.post(INFER, one(5), "Connection: close").read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void keepsConnectionsOfOldClientsOnlyWhereTheyAskForIt() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /v2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.read().header("connection")).isEqualTo("keep-alive");
            client.send("GET /v2 HTTP/1.0\r\n\r\n");
            assertThat(client.read().header("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void asksForTheBodyOfAClientThatWaitsForIt() throws Exception {
        byte[] body = one(7);
        try (RawClient client = server.connect()) {
            client.send(
                    "POST %s HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
                            .formatted(INFER, body.length));
            assertThat(client.readHead().status()).isEqualTo(100);
            assertThat(client.send(body).read().text()).contains("[7]");
        }
    }

    @Test
    void doesNotAskForABodyThatItWillNotTake() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    "POST %s HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
                            .formatted(INFER, EchoServer.MOST_INPUT + 1));
            RawClient.Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text())
                    .isEqualTo(
                            "{\"error\":\"request body of 8388609 bytes is too large (expected: at most"
                                    + " 8388608, the value of --http-max-input-size)\"}");
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("HEAD /v2/nothing HTTP/1.1\r\nHost: test\r\n\r\n");
            RawClient.Answer answer = client.readHead();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("content-length")).isNotEqualTo("0");
            assertThat(client.get("/v2/health/live").read().status()).isEqualTo(200);
        }
    }

    @Test
    void tellsUnknownPathsFromWrongMethods() throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer unknown = client.get("/v3/models").read();
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.text()).isEqualTo("{\"error\":\"Not Found\"}");
            RawClient.Answer wrong = client.get(INFER).read();
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.text()).isEqualTo("{\"error\":\"Method Not Allowed\"}");
            assertThat(client.post("/v2/health/live", new byte[3]).read().status()).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 20, 1000})
    void readsBodiesInChunks(int size) throws Exception {
        byte[] body = one(11);
        StringBuilder request =
                new StringBuilder(
                        "POST "
                                + INFER
                                + " HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < body.length; at += size) {
            int length = Math.min(size, body.length - at);
            request.append(Integer.toHexString(length)).append("\r\n");
            request.append(new String(body, at, length, StandardCharsets.UTF_8)).append("\r\n");
        }
        try (RawClient client = server.connect()) {
            assertThat(client.send(request + "0\r\n\r\n").read().text()).contains("[11]");
        }
    }

    @Test
    void readsWhatASlowClientSendsByteByByte() throws Exception {
        byte[] request = RawClient.request(INFER, one(13));
        try (RawClient client = server.connect()) {
            for (byte b : request) {
                client.send(new byte[] {b});
            }
            assertThat(client.read().text()).contains("[13]");
        }
    }

    @Test
    void waitsForAClientThatDoesNotRead() throws Exception {
        byte[] header =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[4194304],\"datatype\":\"UINT8\",\"parameters\":{\"binary_data_size\":4194304}}],\"outputs\":[{\"name\":\"X\",\"parameters\":{\"binary_data\":true}}]}"
                        .getBytes(StandardCharsets.UTF_8);
        byte[] tensor = new byte[4 << 20];
        tensor[4_000_000] = 42;
        byte[] request =
                RawClient.request(
                        "/v2/models/echo_uint8/infer",
                        RawClient.joined(header, tensor),
                        "Inference-Header-Content-Length: " + header.length);
        int count = 12;
        try (RawClient client = server.connect()) {
            Thread sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < count; i++) {
                                        client.send(request);
                                    }
                                } catch (java.io.IOException failure) {
                                    throw new java.io.UncheckedIOException(failure);
                                }
                            });
            for (int i = 0; i < count; i++) {
                assertThat(client.read().tensors()).isEqualTo(tensor);
            }
            sender.join();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /v2 HTTP/9\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: test\r\nContent-Length: -5\r\n\r\n",
                "POST /v2 HTTP/1.1\r\nHost: test\r\nContent-Length: 5x\r\n\r\n",
                "POST /v2 HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "POST /v2/models/echo_int32/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /v2/models/echo_int32/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"
            })
    void refusesWhatIsNoHttp(String request) throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer = client.send(request).read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).startsWith("{\"error\":\"this is no valid HTTP request");
            assertThat(answer.header("connection")).isEqualTo("close");
        }
    }

    @Test
    void refusesHeadersWithoutAnEnd() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    "GET /v2 HTTP/1.1\r\nHost: test\r\nX-Long: " + "x".repeat(70_000) + "\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(400);
        }
        try (RawClient client = server.connect()) {
            client.send("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(400);
        }
    }

    @Test
    void letsTheClientReadARefusalWhileItIsStillSending() throws Exception {
        byte[] chunk = new byte[1 << 20];
        try (RawClient client = server.connect()) {
            client.send(
                    "POST %s HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n"
                            .formatted(INFER, 100L << 20));
            for (int i = 0; i < 12; i++) {
                client.send(chunk);
            }
            assertThat(client.read().text()).contains("is too large");
        }
    }

    @Test
    void refusesChunkedBodiesOnceTheyAreTooLarge() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    "POST "
                            + INFER
                            + " HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "100000\r\n" + " ".repeat(1 << 20) + "\r\n";
            for (int i = 0; i < 9; i++) {
                client.send(chunk);
            }
            RawClient.Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("more than 8388608 bytes is too large");
        }
    }

    @Test
    void refusesLargeBodiesOfOtherRoutes() throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer = client.post("/v2/logging", new byte[(1 << 20) + 1]).read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text())
                    .contains("more than 1048576 bytes is too large for this route");
        }
    }

    @Test
    void goesOnWithTheNextRequestAfterARefusedBody() throws Exception {
        byte[] body = "{\"inputs\":[]".getBytes(StandardCharsets.UTF_8);
        try (RawClient client = server.connect()) {
            assertThat(client.post(INFER, body).read().status()).isEqualTo(500);
            assertThat(client.post("/v2/models/nope/infer", one(1)).read().status()).isEqualTo(404);
            assertThat(client.post(INFER, one(17)).read().text()).contains("[17]");
        }
    }

    @Test
    void ignoresQueriesAndKnowsNoBasePaths() throws Exception {
        try (RawClient client = server.connect()) {
            assertThat(client.get("/v2/health/live?x=1").read().status()).isEqualTo(200);
            assertThat(client.get("/base/path/v2/health/live").read().status()).isEqualTo(404);
            assertThat(client.get("//v2").read().status()).isEqualTo(404);
        }
    }
}
