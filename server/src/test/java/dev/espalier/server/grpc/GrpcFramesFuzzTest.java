package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.espalier.protocol.ModelInferRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever bytes come on a stream, and wherever its frames end: the stream is answered, and the next one on
/// the connection is served.
final class GrpcFramesFuzzTest {
    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.running();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// The stream's bytes, and the sizes of all frames but the last.
    static Stream<Arguments> streams() {
        byte[] framed =
                Http2Client.prefixed(
                        Requests.raw("echo_int32", "INT32", new byte[8], 2).toByteArray());
        byte[] twice = Http2Client.concat(framed, framed);
        byte[] negative = framed.clone();
        Arrays.fill(negative, 1, 5, (byte) -1);
        byte[] large = framed.clone();
        large[1] = 0x7f;
        byte[] empty = Http2Client.prefixed(ModelInferRequest.getDefaultInstance().toByteArray());
        return Stream.of(
                arguments(framed, new byte[] {5}),
                arguments(framed, new byte[] {20, 20}),
                arguments(framed, new byte[] {1, 1, 1, 1, 1, 1}),
                arguments(twice, new byte[] {60}),
                arguments(twice, new byte[0]),
                arguments(negative, new byte[] {30}),
                arguments(large, new byte[] {30, 0, 7}),
                arguments(Arrays.copyOf(framed, 40), new byte[] {30}),
                arguments(empty, new byte[] {3}),
                arguments(new byte[1000], new byte[0]),
                arguments(new byte[0], new byte[0]));
    }

    @MethodSource("streams")
    @FuzzTest
    void answersEveryStream(byte @NotNull [] bytes, byte @NotNull [] cuts) throws Exception {
        byte[] sent = Arrays.copyOf(bytes, Math.min(bytes.length, GrpcFramesTest.LARGEST_FRAME));
        try (Http2Client client = new Http2Client(server.port())) {
            for (String method : List.of(Http2Client.INFER, Http2Client.INFER_STREAM)) {
                int stream = client.begin(method);
                int begin = 0;
                for (byte cut : cuts) {
                    int end = Math.min(sent.length, begin + (cut & 0xff));
                    client.data(stream, Arrays.copyOfRange(sent, begin, end), 0);
                    begin = end;
                }
                client.data(
                        stream,
                        Arrays.copyOfRange(sent, begin, sent.length),
                        Http2Client.END_STREAM);
                assertThat(client.answer(stream).status()).matches("\\d+|reset");
            }

            byte[] tensor = GrpcFramesTest.tensor(64);
            int next = client.begin();
            GrpcFramesTest.send(
                    client, next, Http2Client.prefixed(GrpcFramesTest.message(tensor)), 50);
            GrpcFramesTest.assertThatItGivesBack(client.answer(next), tensor);
        }
    }
}
