package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.config.GrpcLimits;
import dev.espalier.server.http.ObservedInferences;
import dev.espalier.server.metrics.FailureReason;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that are too slow or too many, frame by frame.
@Timeout(60)
final class GrpcLimitsTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration NONE = Duration.ZERO;
    private static final String LIVE = "/inference.GRPCInferenceService/ServerLive";

    private static EchoServer server;

    @BeforeAll
    static void start() throws IOException {
        server =
                EchoServer.running(
                        EchoServer.Options.DEFAULT.with(
                                new GrpcLimits(SHORT, SHORT, SHORT, NONE, 1000, 1000, 100)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] framed(int size) {
        return Http2Client.prefixed(GrpcFramesTest.message(GrpcFramesTest.tensor(size)));
    }

    private static long cancelled() {
        return server.backend().statistics("echo_uint8").failures(FailureReason.CANCELED);
    }

    private static void assertThatItServes(Http2Client client) throws IOException {
        int stream = client.begin();
        client.data(stream, framed(64), Http2Client.END_STREAM);
        assertThat(client.answer(stream).status()).isEqualTo("0");
    }

    @Test
    void answersACallWhoseMessageDoesNotGoOn() throws Exception {
        long before = cancelled();
        try (Http2Client client = new Http2Client(server.port())) {
            int half = client.begin();
            client.data(half, Arrays.copyOf(framed(1 << 20), 10_000), 0);
            int nothing = client.begin();
            int small = client.begin(LIVE);
            client.data(small, new byte[3], 0);
            assertThatItServes(client);
            for (int stream : new int[] {half, nothing, small}) {
                Http2Client.Answer answer = client.answer(stream);
                assertThat(answer.status()).isEqualTo("4");
                assertThat(answer.text())
                        .isEqualTo(
                                "the call's message goes on too slowly (expected: 64 KB or its end"
                                        + " within 1 seconds)");
            }
            assertThat(cancelled()).isGreaterThan(before);
            assertThatItServes(client);
        }
    }

    @Test
    void throwsAwayWhatStillComesOfAMessageThatWasRefused() throws Exception {
        byte[] framed = framed(100_000);
        try (Http2Client client = new Http2Client(server.port())) {
            int slow = client.begin();
            client.data(slow, Arrays.copyOf(framed, 1000), 0);
            assertThat(client.answer(slow).status()).isEqualTo("4");
            for (int i = 0; i < 64; i++) {
                client.data(slow, new byte[GrpcFramesTest.LARGEST_FRAME], 0);
            }
            client.data(slow, new byte[1], Http2Client.END_STREAM);
            assertThatItServes(client);
        }
    }

    @Test
    void endsACallWhoseClientNeverEndsIt() throws Exception {
        try (Http2Client client = new Http2Client(server.port())) {
            int unknown = client.begin("/nobody/Nothing");
            assertThat(client.answer(unknown).status()).isEqualTo("12");
            client.awaitReset(unknown);
            int whole = client.begin();
            client.data(whole, framed(64), 0);
            client.awaitReset(whole);
            assertThatItServes(client);
        }
    }

    @Test
    void endsACallWhoseAnswerIsNotTaken() throws Exception {
        long used = server.backend().heap().used();
        try (Http2Client client = Http2Client.takingNothing(server.port())) {
            int large = client.begin();
            GrpcFramesTest.send(client, large, framed(1 << 20), GrpcFramesTest.LARGEST_FRAME);
            int small = client.begin();
            client.data(small, framed(64), Http2Client.END_STREAM);
            int taken = client.begin();
            client.data(taken, framed(64), Http2Client.END_STREAM);
            client.take(taken, 1 << 20);
            assertThat(client.answer(taken).status()).isEqualTo("0");
            // A byte now and then is nothing.
            client.take(large, 1);
            client.awaitReset(large);
            client.awaitReset(small);
            ObservedInferences.await(() -> server.backend().heap().used() == used);
            int next = client.begin();
            client.data(next, framed(64), Http2Client.END_STREAM);
            client.take(next, 1 << 20);
            assertThat(client.answer(next).status()).isEqualTo("0");
        }
    }

    @Test
    void cutsOffAClientThatReadsNothing() throws Exception {
        try (Http2Client client = new Http2Client(server.port())) {
            ObservedInferences.await(() -> server.connections() == 1);
            byte[] framed = framed(8 << 20);
            for (int i = 0; i < 3; i++) {
                GrpcFramesTest.send(client, client.begin(), framed, GrpcFramesTest.LARGEST_FRAME);
            }
            ObservedInferences.await(() -> server.connections() == 0);
        }
    }

    @Test
    void cutsOffAClientThatDoesNotSpeak() throws Exception {
        try (Socket silent = new Socket("127.0.0.1", server.port());
                Socket other = new Socket("127.0.0.1", server.port())) {
            other.getOutputStream().write("PRI * HT".getBytes());
            for (Socket socket : new Socket[] {silent, other}) {
                socket.setSoTimeout(20_000);
                assertThat(restOf(socket)).isEqualTo(-1);
            }
        }
    }

    /// The end of what comes.
    private static int restOf(Socket socket) {
        try {
            int last;
            do {
                last = socket.getInputStream().read();
            } while (last >= 0);
            return last;
        } catch (IOException reset) {
            return -1;
        }
    }

    @Test
    void endsAConnectionWithoutCalls() throws Exception {
        GrpcLimits limits = new GrpcLimits(NONE, NONE, NONE, SHORT, 10, 10, 10);
        try (EchoServer idle = EchoServer.running(EchoServer.Options.DEFAULT.with(limits));
                Http2Client client = new Http2Client(idle.port())) {
            assertThatItServes(client);
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    client.read();
                                }
                            })
                    .hasMessageContaining("the server ends the connection: max_idle");
        }
    }

    @Test
    void endsAConnectionThatIsOldEnough() throws Exception {
        GrpcLimits limits =
                new GrpcLimits(NONE, NONE, NONE, NONE, 10, 10, 10, SHORT, Duration.ofMillis(1));
        try (EchoServer aging = EchoServer.running(EchoServer.Options.DEFAULT.with(limits));
                Http2Client client = new Http2Client(aging.port())) {
            assertThatItServes(client);
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    client.read();
                                }
                            })
                    .hasMessageContaining("the server ends the connection: max_age");
        }
    }

    @Test
    void sendsAwayConnectionsThatAreTooMany() throws Exception {
        GrpcLimits limits = new GrpcLimits(NONE, NONE, NONE, NONE, 2, 10, 10);
        try (EchoServer full = EchoServer.running(EchoServer.Options.DEFAULT.with(limits));
                Http2Client first = new Http2Client(full.port())) {
            try (Http2Client second = new Http2Client(full.port())) {
                assertThatItServes(first);
                assertThatItServes(second);
                try (Socket third = new Socket("127.0.0.1", full.port())) {
                    byte[] told = third.getInputStream().readAllBytes();
                    // A whole frame of SETTINGS, and GOAWAY behind it.
                    assertThat(told).startsWith(0, 0, 0, 4, 0, 0, 0, 0, 0).hasSizeGreaterThan(26);
                    assertThat(new String(told, 26, told.length - 26, StandardCharsets.US_ASCII))
                            .isEqualTo("too many connections (see --grpc-max-connections)");
                }
                assertThatItServes(first);
            }
            ObservedInferences.await(() -> full.connections() == 1);
            try (Http2Client next = new Http2Client(full.port())) {
                assertThatItServes(next);
            }
        }
    }

    @Test
    void refusesCallsThatAreTooMany() throws Exception {
        GrpcLimits limits = new GrpcLimits(NONE, NONE, NONE, NONE, 10, 2, 10);
        try (EchoServer narrow = EchoServer.running(EchoServer.Options.DEFAULT.with(limits));
                Http2Client client = new Http2Client(narrow.port())) {
            assertThatItServes(client);
            int first = client.begin();
            int _ = client.begin();
            int third = client.begin();
            assertThat(client.answer(third).status()).isEqualTo("reset");
            client.data(first, framed(64), Http2Client.END_STREAM);
            assertThat(client.answer(first).status()).isEqualTo("0");
        }
    }
}
