package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Shapes of requests, by RFC 9112, with the status that each gets. In the table `|` is the end of a line, `~` a bare
/// CR, `^` a bare LF, `_` a blank at an end and `%` a semicolon.
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

    /// No answer means that the connection is closed without one.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    200; GET /v2/health/live HTTP/1.1|Host: x||
                    200; GET /v2/health/live HTTP/1.1|host:x||
                    200; GET /v2/health/live HTTP/1.1|Host:||
                    200; GET /v2/health/live HTTP/1.1|Host: [::1]:8000||
                    200; GET /v2/health/live?a=b HTTP/1.1|Host: x||
                    200; GET http://x/v2/health/live HTTP/1.1|Host: x||
                    200; GET http://x:80/v2/health/live HTTP/1.1|Host: y||
                    200; GET HTTPS://x/v2/health/live HTTP/1.1|Host: x||
                    404; GET http://x HTTP/1.1|Host: x||
                    404; GET ftp://x/v2/health/live HTTP/1.1|Host: x||
                    400; GET /v2/health/live HTTP/1.1~Host: x||
                    400; GET /v2/health/live HTTP/1.1|Host: x~y||
                    400; GET /v2/health/live HTTP/1.1^Host: x^^
                    200; GET /v2/health/live HTTP/1.1|Host: x|A: b| c||
                    200; GET /v2/health/live HTTP/1.0||
                    200; GET /v2/health/live HTTP/1.0|Host: x||
                    200; GET /v2/health/live HTTP/1.2|Host: x||
                    505; GET /v2/health/live HTTP/9.9|Host: x||
                    505; GET /v2/health/live HTTP/2.0|Host: x||
                    400; GET /v2/health/live HTTP/1.1||
                    400; GET /v2/health/live HTTP/1.1|Host: x|Host: x||
                    400; GET /v2/health/live HTTP/1.1|Host: x|Host: y||
                    400; GET /v2/health/live HTTP/1.1|Host: a b||
                    400; GET /v2/health/live HTTP/1.1|Host: u@x||
                    400; GET /v2/health/live HTTP/1.1|Host: x/y||
                    400; GET /v2/health/live||
                    400; GET /v2/health/live HTTP/||
                    400; GET /v2/health/live HTTP/1.1 x|Host: x||
                    400; GET /v2/health/live http/1.1|Host: x||
                    400; G@T /v2/health/live HTTP/1.1|Host: x||
                    405; POST /v2/health/live HTTP/1.1|Host: x|Content-Length: 0||
                    405; PUT /v2/health/live HTTP/1.1|Host: x|Content-Length: 2||ab
                    404; OPTIONS * HTTP/1.1|Host: x||
                    400; GET /v2/health/live HTTP/1.1|Host: x|Name||
                    400; GET /v2/health/live HTTP/1.1|Host: x|: value||
                    400; GET /v2/health/live HTTP/1.1|Host: x|A B: value||
                    400; GET /v2/health/live HTTP/1.1|Host : x||
                    200; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: 2||{}
                    200; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length:  2_||{}
                    200; POST /v2/repository/index HTTP/1.1|Host: x||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: -2||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: +2||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: 0x2||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: 2 2||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length:||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: 99999999999999999999||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: 2|Content-Length: 3||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: 2, 3||{}
                    200; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked||2|{}|0||
                    200; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: Chunked||2|{}|0||
                    200; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked||2%a=b|{}|0||
                    200; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked||2|{}|0|Trailer: y||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked||x|{}|0||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked||-2|{}|0||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 2||2|{}|0||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Content-Length: 2|Transfer-Encoding: chunked||2|{}|0||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: identity||{}
                    501; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: identity, chunked||2|{}|0||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked, identity||2|{}|0||
                    501; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: gzip, chunked||2|{}|0||
                    501; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: gzip||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding: br, xchunk||{}
                    400; POST /v2/repository/index HTTP/1.1|Host: x|Transfer-Encoding:||{}
                    400; POST /v2/repository/index HTTP/1.0|Host: x|Transfer-Encoding: chunked||2|{}|0||
                    """)
    void answersByTheLetter(int status, String shape) throws Exception {
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
