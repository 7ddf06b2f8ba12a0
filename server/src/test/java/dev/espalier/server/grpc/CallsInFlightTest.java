package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.http.ObservedInferences;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CallsInFlightTest {
    private static final long CALL = CallsInFlight.CALL;

    private EchoServer server;

    @BeforeEach
    void start() throws Exception {
        server = EchoServer.running();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private long used() {
        return server.backend().heap().used();
    }

    private void await(long bytes) {
        ObservedInferences.await(() -> used() == bytes);
    }

    /// None of them is ever looked at: they are counted when they begin, and those that are gone soon after.
    @Test
    void callsCountFromTheirBeginAndUntilTheirEnd() throws Exception {
        try (Http2Client client = new Http2Client(server.port())) {
            List<Integer> begun = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                begun.add(client.begin());
            }
            await(128 * CALL);
            for (int stream : begun.subList(3, 100)) {
                client.reset(stream);
            }
            await(4 * CALL);
        }
        await(0);
    }

    @Test
    void aCallForWhichThereIsNoRoomIsRefusedAndTheOthersGoOn() throws Exception {
        long rest = server.backend().heap().limit() - 5 * CALL;
        assertThat(server.backend().heap().tryTake(rest)).isTrue();
        try (Http2Client client = new Http2Client(server.port())) {
            int first = client.begin();
            int second = client.begin();
            client.awaitReset(client.begin());
            server.backend().heap().give(rest);
            for (int stream : new int[] {first, second, client.begin()}) {
                client.data(
                        stream,
                        Http2Client.prefixed(GrpcFramesTest.message(GrpcFramesTest.tensor(64))),
                        Http2Client.END_STREAM);
                assertThat(client.answer(stream).status()).isEqualTo("0");
            }
        }
        await(0);
    }
}
