package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelStreamInferResponse;
import dev.espalier.server.http.ObservedInferences;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However a stream's messages are cut into HTTP/2 frames, and however slowly its answers are taken: each is answered in
/// its turn, windows are given back, and other calls of the connection go on.
@Timeout(60)
final class StreamFramesTest {
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

    private static byte[] request(int number, int size) {
        byte[] tensor = GrpcFramesTest.tensor(size);
        ModelInferRequest request =
                Requests.raw("echo_uint8", "UINT8", tensor, size).toBuilder()
                        .setId(Integer.toString(number))
                        .build();
        return Http2Client.prefixed(request.toByteArray());
    }

    /// The messages that have come back.
    static List<ModelStreamInferResponse> messages(Http2Client.Answer answer) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(answer.data());
        List<ModelStreamInferResponse> messages = new ArrayList<>();
        while (data.hasRemaining()) {
            assertThat(data.get()).isZero();
            byte[] message = new byte[data.getInt()];
            data.get(message);
            messages.add(ModelStreamInferResponse.parseFrom(message));
        }
        return messages;
    }

    private static void assertThatItAnswers(Http2Client.Answer answer, int... sizes)
            throws IOException {
        assertThat(answer.text()).isEmpty();
        assertThat(answer.status()).isEqualTo("0");
        List<ModelStreamInferResponse> messages = messages(answer);
        assertThat(messages).hasSize(sizes.length);
        for (int i = 0; i < sizes.length; i++) {
            assertThat(messages.get(i).getErrorMessage()).isEmpty();
            assertThat(messages.get(i).getInferResponse().getId()).isEqualTo(Integer.toString(i));
            assertThat(messages.get(i).getInferResponse().getRawOutputContents(0).toByteArray())
                    .isEqualTo(GrpcFramesTest.tensor(sizes[i]));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6, 7, 60, 61, 1000, GrpcFramesTest.LARGEST_FRAME})
    void takesFramesOfEverySize(int piece) throws Exception {
        int[] sizes = {3, 3000, 0, 9000, 1};
        byte[] all = {};
        for (int i = 0; i < sizes.length; i++) {
            all = Http2Client.concat(all, request(i, sizes[i]));
        }
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin(Http2Client.INFER_STREAM);
            GrpcFramesTest.send(client, stream, all, piece);
            assertThatItAnswers(client.answer(stream), sizes);
        }
    }

    @Test
    void givesTheWindowBackToTheLastByte() throws Exception {
        byte[] framed = request(0, 1 << 20);
        try (Http2Client client = new Http2Client(server.port())) {
            client.awaitSettings();
            int stream = client.begin(Http2Client.INFER_STREAM);
            for (int begin = 0; begin < 24; begin++) {
                for (int at = 0; at < framed.length; at += GrpcFramesTest.LARGEST_FRAME) {
                    int end = Math.min(framed.length, at + GrpcFramesTest.LARGEST_FRAME);
                    client.data(stream, Arrays.copyOfRange(framed, at, end), 0);
                }
                client.awaitData(stream, (begin + 1) << 20);
            }
            client.data(stream, new byte[0], Http2Client.END_STREAM);
            assertThat(messages(client.answer(stream))).hasSize(24);
        }
    }

    @Test
    void takesCompressedMessagesBetweenOthers() throws Exception {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        byte[] plain = request(1, 100_000);
        try (GZIPOutputStream packing = new GZIPOutputStream(gzip)) {
            packing.write(plain, PREFIX, plain.length - PREFIX);
        }
        byte[] packed = Http2Client.prefixed(gzip.toByteArray());
        packed[0] = 1;
        byte[] all = Http2Client.concat(Http2Client.concat(request(0, 10), packed), request(2, 20));
        try (Http2Client client = new Http2Client(server.port())) {
            int stream = client.begin(Http2Client.INFER_STREAM, "grpc-encoding", "gzip");
            GrpcFramesTest.send(client, stream, all, GrpcFramesTest.LARGEST_FRAME);
            assertThatItAnswers(client.answer(stream), 10, 100_000, 20);
        }
    }

    @Test
    void endsAStreamThatIsNoneAfterItsAnswers() throws Exception {
        byte[] first = request(0, 10);
        byte[] second = request(1, 3000);
        byte[] wrongFlag = second.clone();
        wrongFlag[0] = 2;
        byte[] tooLong = {0, -1, -1, -1, -1};
        byte[] unknownCoding = second.clone();
        unknownCoding[0] = 1;
        byte[][] wrong = {
            Arrays.copyOf(second, 3),
            Arrays.copyOf(second, PREFIX),
            Arrays.copyOf(second, 2000),
            wrongFlag,
            tooLong,
            unknownCoding
        };
        try (Http2Client client = new Http2Client(server.port())) {
            for (byte[] end : wrong) {
                int stream = client.begin(Http2Client.INFER_STREAM);
                GrpcFramesTest.send(client, stream, Http2Client.concat(first, end), 1500);
                Http2Client.Answer answer = client.answer(stream);
                assertThat(answer.status()).isEqualTo("13");
                assertThat(messages(answer)).hasSize(1);
            }
            int stream = client.begin(Http2Client.INFER_STREAM);
            GrpcFramesTest.send(client, stream, first, 1500);
            assertThatItAnswers(client.answer(stream), 10);
        }
    }

    @Test
    void aClientThatTakesNothingStopsItsOwnStreamOnly() throws Exception {
        byte[] framed = request(0, 1 << 20);
        long heap = server.backend().heap().used();
        try (Http2Client client = Http2Client.takingNothing(server.port())) {
            client.awaitSettings();
            int stopped = client.begin(Http2Client.INFER_STREAM);
            int sent = 14;
            for (int i = 0; i < sent; i++) {
                for (int at = 0; at < framed.length; at += GrpcFramesTest.LARGEST_FRAME) {
                    int end = Math.min(framed.length, at + GrpcFramesTest.LARGEST_FRAME);
                    client.data(stopped, Arrays.copyOfRange(framed, at, end), 0);
                }
            }
            // What is kept of it counts, and leaves the connection its window.
            ObservedInferences.await(() -> server.backend().heap().used() > heap + (8 << 20));
            client.awaitReturned(6 << 20);

            int other = client.begin(Http2Client.INFER_STREAM);
            client.take(0, 1 << 20);
            client.take(other, 1 << 20);
            client.data(other, request(0, 5), Http2Client.END_STREAM);
            assertThatItAnswers(client.answer(other), 5);

            client.take(0, 100 << 20);
            client.take(stopped, 100 << 20);
            client.data(stopped, new byte[0], Http2Client.END_STREAM);
            assertThat(messages(client.answer(stopped))).hasSize(sent);
        }
        ObservedInferences.await(() -> server.backend().heap().used() <= heap);
    }

    @Test
    void aStoppedStreamThatIsResetGivesEverythingBack() throws Exception {
        byte[] framed = request(0, 1 << 20);
        long heap = server.backend().heap().used();
        long tensors = server.backend().tensors().used();
        try (Http2Client client = Http2Client.takingNothing(server.port())) {
            client.awaitSettings();
            int stopped = client.begin(Http2Client.INFER_STREAM);
            for (int i = 0; i < 10; i++) {
                for (int at = 0; at < framed.length; at += GrpcFramesTest.LARGEST_FRAME) {
                    int end = Math.min(framed.length, at + GrpcFramesTest.LARGEST_FRAME);
                    client.data(stopped, Arrays.copyOfRange(framed, at, end), 0);
                }
            }
            ObservedInferences.await(() -> server.backend().heap().used() > heap + (4 << 20));
            client.reset(stopped);
            ObservedInferences.await(() -> server.backend().heap().used() < heap + (1 << 20));
        }
        ObservedInferences.await(() ->
                server.backend().heap().used() <= heap
                        && server.backend().tensors().used() <= tensors + (64 << 20));
    }

    @Test
    void keepsFurtherRequestsOutWhileManyAreUnderWay() throws Exception {
        try (EchoServer holding = EchoServer.holding();
                Http2Client client = new Http2Client(holding.port())) {
            int stream = client.begin(Http2Client.INFER_STREAM);
            for (int i = 0; i < 300; i++) {
                client.data(stream, request(i, 10), i == 299 ? Http2Client.END_STREAM : 0);
            }
            holding.backend().inferences().awaitSubmitted(256);
            ObservedInferences.await(() -> holding.backend().heap().used() > 43 * 60);
            holding.backend().worker().permit(1000);
            assertThat(messages(client.answer(stream))).hasSize(300);
        }
    }
}
