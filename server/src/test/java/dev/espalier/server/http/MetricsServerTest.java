package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkKind;
import dev.espalier.server.config.HttpLimits;
import dev.espalier.server.config.MetricsOptions;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.memory.ClientMemory;
import dev.espalier.server.work.WorkPool;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class MetricsServerTest {
    private final InternalErrors errors = new InternalErrors(() -> {});
    private LinkedLoops loops;

    @BeforeEach
    void start() throws Exception {
        loops = new LinkedLoops(1, LinkKind.ofThisMachine(), errors);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    private MetricsServer serve(int port) throws IOException {
        return new MetricsServer(
                new MetricsOptions(true, "127.0.0.1", port, false, false, Duration.ofSeconds(2)),
                loops.serving(),
                new HttpMeans(
                        new ClientMemory(
                                new ByteBudget("heap", "send less", 1 << 20),
                                new ByteBudget("request memory", "wait", 1 << 20)),
                        new WorkPool("work", 1, errors),
                        errors,
                        HttpLimits.DEFAULT),
                () -> "up 1\n");
    }

    @Test
    void givesTheMetricsToWhoeverAsks() throws Exception {
        MetricsServer server = serve(0);
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Answer answer = client.get("/metrics?x=y").read();
            assertThat(answer.text()).isEqualTo("up 1\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-type"))
                    .isEqualTo("text/plain; charset=utf-8; version=0.0.4");

            client.send("HEAD /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(client.readHead().header("content-length")).isEqualTo("5");
        }
        server.close(Duration.ZERO);
    }

    @Test
    void servesNothingElse() throws Exception {
        MetricsServer server = serve(0);
        try (RawClient client = new RawClient(server.port())) {
            assertThat(client.get("/").read().status()).isEqualTo(404);
            assertThat(client.get("/v2/health/live").read().status()).isEqualTo(404);
            assertThat(client.post("/metrics", new byte[4]).read().status()).isEqualTo(405);
            assertThat(client.get("/metrics").read().status()).isEqualTo(200);
        }
        server.close(Duration.ZERO);
    }

    @Test
    void saysWhichPortItCannotHave() throws Exception {
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> serve(taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "cannot listen on 127.0.0.1:%d (expected: an address of this machine and a free port; see --metrics-address and --metrics-port)"
                                    .formatted(taken.getLocalPort()));
        }
    }
}
