package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// Shapes of requests, by RFC 9112, with the status that each gets. What becomes of the connection, and what Triton does,
/// is for `tests/conformance/framing.py`, which reads the same table.
@Timeout(60)
final class FramingTest {
    private static EchoServer server;

    @BeforeAll
    static void start() throws IOException {
        server = EchoServer.running();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String request(String shape) {
        return shape.replace("|", "\r\n")
                .replace('~', '\r')
                .replace('^', '\n')
                .replace('_', ' ')
                .replace('%', ';');
    }

    @ParameterizedTest
    @CsvFileSource(files = "../tests/conformance/framing.csv", delimiter = ';')
    void answersByTheLetter(
            int status,
            String then,
            String tritonsStatus,
            String tritonsThen,
            String difference,
            String shape)
            throws Exception {
        try (RawClient client = server.connect()) {
            client.send(request(shape));
            assertThat(client.read().status()).isEqualTo(status);
        }
    }

    @Test
    void closesTheConnectionOfARequestWhoseEndIsInDoubt() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    request(
                            "POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked,"
                                    + " identity||GET /v2/health/live HTTP/1.1|Host: x||"));
            RawClient.Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
    }
}
