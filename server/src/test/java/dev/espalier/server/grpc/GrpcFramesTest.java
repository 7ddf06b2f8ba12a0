package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.server.http.ObservedInferences;
import dev.espalier.server.metrics.FailureReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However a request's message is cut into HTTP/2 frames: it is answered, and the flow control window is
/// given back to the last byte. This holds what [ArrivingUploads] and [LargeAnswer] take for granted of
/// gRPC.
@Timeout(60)
final class GrpcFramesTest {
    static final int LARGEST_FRAME = 16 << 10;
    private static final int PREFIX = 5;

    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.running();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static byte[] tensor(int size) {
        byte[] tensor = new byte[size];
        new Random(size).nextBytes(tensor);
        return tensor;
    }

    static byte[] message(byte[] tensor) {
        return Requests.raw("echo_uint8", "UINT8", tensor, tensor.length).toByteArray();
    }

    static void assertThatItGivesBack(Http2Client.Answer answer, byte[] tensor) throws IOException {
        assertThat(answer.text()).isEmpty();
        assertThat(answer.status()).isEqualTo("0");
        byte[] data = answer.data();
        assertThat(Arrays.copyOf(data, PREFIX))
                .isEqualTo(
                        Arrays.copyOf(
                                Http2Client.prefixed(Arrays.copyOfRange(data, PREFIX, data.length)),
                                PREFIX));
        ModelInferResponse response =
                ModelInferResponse.parseFrom(Arrays.copyOfRange(data, PREFIX, data.length));
        assertThat(response.getRawOutputContents(0).toByteArray()).isEqualTo(tensor);
    }

    /// Sends a message in frames of `piece` bytes; the last ends the stream.
    static void send(Http2Client client, int stream, byte[] bytes, int piece) throws IOException {
        for (int begin = 0; begin < bytes.length; begin += piece) {
            int end = Math.min(bytes.length, begin + piece);
            client.data(
                    stream,
                    Arrays.copyOfRange(bytes, begin, end),
                    end == bytes.length ? Http2Client.END_STREAM : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6, 7, 60, 61, 1000, LARGEST_FRAME})
    void takesFramesOfEverySize(int piece) throws Exception {
        byte[] tensor = tensor(3000);
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin();
            send(client, stream, Http2Client.prefixed(message(tensor)), piece);
            assertThatItGivesBack(client.answer(stream), tensor);
        }
    }

    @Test
    void copiesNothingOfALargeTensor() throws Exception {
        byte[] tensor = tensor(10 << 20);
        long in = server.backend().copied().in();
        long out = server.backend().copied().out();
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin();
            send(client, stream, Http2Client.prefixed(message(tensor)), LARGEST_FRAME);
            assertThatItGivesBack(client.answer(stream), tensor);
        }
        assertThat(server.backend().copied().in()).isEqualTo(in);
        assertThat(server.backend().copied().out()).isEqualTo(out);
    }

    @Test
    void givesTheWindowBackToTheLastByte() throws Exception {
        byte[] framed = Http2Client.prefixed(message(tensor(1 << 20)));
        try (Http2Client client = new Http2Client(server.port())) {
            // More than a window altogether: what is not given back adds up until nothing moves.
            int times = 24;
            for (int i = 0; i < times; i++) {
                int stream = client.begin();
                send(client, stream, framed, LARGEST_FRAME);
                assertThat(client.answer(stream).status()).isEqualTo("0");
            }
            // Half a window may be withheld until it is worth a frame.
            client.awaitReturned((long) times * framed.length - (8 << 20));
            assertThat(client.returned())
                    .isLessThanOrEqualTo((long) times * framed.length + (16 << 20));
        }
    }

    @Test
    void servesManyStreamsAtOnce() throws Exception {
        byte[] tensor = tensor(100_000);
        byte[] framed = Http2Client.prefixed(message(tensor));
        try (Http2Client client = new Http2Client(server.port())) {
            int[] streams = new int[8];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = client.begin();
            }
            for (int begin = 0; begin < framed.length; begin += LARGEST_FRAME) {
                int end = Math.min(framed.length, begin + LARGEST_FRAME);
                for (int stream : streams) {
                    client.data(
                            stream,
                            Arrays.copyOfRange(framed, begin, end),
                            end == framed.length ? Http2Client.END_STREAM : 0);
                }
            }
            for (int stream : streams) {
                assertThatItGivesBack(client.answer(stream), tensor);
            }
        }
    }

    @Test
    void takesPaddingAndAnEndOfItsOwn() throws Exception {
        byte[] tensor = tensor(3000);
        byte[] framed = Http2Client.prefixed(message(tensor));
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin();
            client.paddedData(stream, Arrays.copyOf(framed, 100), 200, 0);
            client.paddedData(stream, Arrays.copyOfRange(framed, 100, framed.length), 1, 0);
            client.data(stream, new byte[0], Http2Client.END_STREAM);
            assertThatItGivesBack(client.answer(stream), tensor);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 100})
    void refusesMoreThanOneMessage(int messages) throws Exception {
        byte[] large = Http2Client.prefixed(message(tensor(3000)));
        byte[] small = Http2Client.prefixed(message(tensor(10)));
        try (Http2Client client = new Http2Client(server.port())) {
            for (byte[] framed : new byte[][] {large, small}) {
                int stream = client.begin();
                client.data(stream, Arrays.copyOf(framed, 20), 0);
                client.data(stream, Arrays.copyOfRange(framed, 20, framed.length), 0);
                for (int i = 1; i < messages; i++) {
                    client.data(stream, small, 0);
                }
                Http2Client.Answer answer = client.answer(stream);
                assertThat(answer.status()).isEqualTo("13");
                assertThat(answer.text())
                        .isEqualTo("a second message came (expected: one request a call)");
            }
        }
    }

    @Test
    void refusesACallOfASmallMethodWithManyMessages() throws Exception {
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin("/inference.GRPCInferenceService/ServerLive");
            client.data(stream, new byte[5 * 4], 0);
            Http2Client.Answer answer = client.answer(stream);
            assertThat(answer.status()).isEqualTo("13");
            assertThat(answer.text()).isEqualTo("a second message (expected: one)");
        }
    }

    @Test
    void resetsACallThatDoesNotSayWhatItIs() throws Exception {
        List<String> whole =
                List.of(":method", "POST", ":scheme", "http", ":path", Http2Client.INFER);
        try (Http2Client client = new Http2Client(server.port())) {
            for (int missing = 0; missing < whole.size(); missing += 2) {
                List<String> fields = new ArrayList<>(whole);
                fields.subList(missing, missing + 2).clear();
                for (int flags : new int[] {0, Http2Client.END_STREAM}) {
                    int stream = client.beginWith(fields, flags);
                    assertThat(client.answer(stream).status()).isEqualTo("reset");
                }
            }
            int empty = client.begin("");
            assertThat(client.answer(empty).status()).isEqualTo("reset");
            int stream = client.begin();
            send(client, stream, Http2Client.prefixed(message(tensor(10))), LARGEST_FRAME);
            assertThatItGivesBack(client.answer(stream), tensor(10));
        }
    }

    @Test
    void refusesACallWithoutAMessage() throws Exception {
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin();
            client.data(stream, new byte[0], Http2Client.END_STREAM);
            Http2Client.Answer none = client.answer(stream);
            assertThat(none.status()).isEqualTo("13");
            assertThat(none.text()).contains("without a message");
        }
    }

    @Test
    void refusesAMessageThatIsBrokenOff() throws Exception {
        byte[] framed = Http2Client.prefixed(message(tensor(3000)));
        try (Http2Client client = new Http2Client(server.port())) {
            for (int length : new int[] {3, PREFIX, 6, 2000, framed.length - 1}) {
                int stream = client.begin();
                send(client, stream, Arrays.copyOf(framed, length), 1500);
                assertThat(client.answer(stream).status()).isEqualTo("13");
            }
            int stream = client.begin();
            send(client, stream, framed, 1500);
            assertThat(client.answer(stream).status()).isEqualTo("0");
        }
    }

    @Test
    void aStreamThatIsResetFreesItsPlace() throws Exception {
        byte[] framed = Http2Client.prefixed(message(tensor(3000)));
        long before = server.backend().statistics("echo_uint8").failures(FailureReason.CANCELED);
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin();
            client.data(stream, Arrays.copyOf(framed, 2000), 0);
            client.reset(stream);
            ObservedInferences.await(() ->
                    server.backend().statistics("echo_uint8").failures(FailureReason.CANCELED)
                            > before);
            stream = client.begin();
            send(client, stream, framed, 1500);
            assertThat(client.answer(stream).status()).isEqualTo("0");
        }
    }

    @Test
    void leavesCompressedMessagesToGrpc() throws Exception {
        byte[] tensor = tensor(100_000);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(message(tensor));
        }
        byte[] framed = Http2Client.prefixed(compressed.toByteArray());
        framed[0] = 1;
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin(Http2Client.INFER, "grpc-encoding", "gzip");
            send(client, stream, framed, LARGEST_FRAME);
            assertThatItGivesBack(client.answer(stream), tensor);
        }
    }
}
