package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Headers count while their end is not in sight, and requests while they wait for the one before.
@Timeout(60)
final class HeaderMemoryTest {
    private static final String BEGIN = "GET /v2/health/live HTTP/1.1\r\nHost: x\r\n";
    private static final String SHORT_LINE = "a:b\r\n";

    private EchoServer server;

    @BeforeEach
    void start() throws Exception {
        server = EchoServer.holding();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aHeaderOfManyLinesCountsUntilItsEnd() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(BEGIN + SHORT_LINE.repeat(10_000));
            ObservedInferences.await(() -> server.heapUsed() > 2_000_000);
            client.send("\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(server.heapUsed()).isZero();
            client.send(BEGIN);
            client.send("\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void whatComesByteByByteCountsOnce() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(BEGIN);
            for (byte each : SHORT_LINE.repeat(100).getBytes()) {
                client.send(new byte[] {each});
            }
            ObservedInferences.await(() -> server.heapUsed() > 15_000);
            assertThat(server.heapUsed()).isLessThan(25_000);
        }
        ObservedInferences.await(() -> server.heapUsed() == 0);
    }

    @Test
    void linesBehindChunksCountToo() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(BEGIN + "Transfer-Encoding: chunked\r\n\r\n0\r\n");
            client.send(SHORT_LINE.repeat(10_000));
            ObservedInferences.await(() -> server.heapUsed() > 2_000_000);
        }
        ObservedInferences.await(() -> server.heapUsed() == 0);
    }

    @Test
    void connectionsOfOneAddressLeaveAPartToOthers() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 120; i++) {
                clients.add(server.connect().send(BEGIN + SHORT_LINE.repeat(12_000)));
            }
            // Not the last ones alone: two loops read them, in parts.
            ObservedInferences.await(
                    () -> clients.stream().filter(RawClient::hasAnswer).count() >= 20);
            for (RawClient client : clients.stream().filter(RawClient::hasAnswer).toList()) {
                RawClient.Answer answer = client.read();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.text()).contains("this address");
            }
            assertThat(server.heapUsed()).isLessThanOrEqualTo(192L << 20);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        ObservedInferences.await(() -> server.heapUsed() == 0);
    }

    @Test
    void requestsCountThatWaitForTheOneBefore() throws Exception {
        String slow =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":[1]}]}";
        try (RawClient client = server.connect()) {
            client.post("/v2/models/echo_int32/infer", slow.getBytes());
            server.inferences().awaitSubmitted(1);
            client.send((BEGIN + "\r\n").repeat(50));
            ObservedInferences.await(() -> server.heapUsed() >= 50 * 1200);
            server.worker().permit(1);
            for (int i = 0; i < 51; i++) {
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThat(server.heapUsed()).isZero();
        }
    }
}
