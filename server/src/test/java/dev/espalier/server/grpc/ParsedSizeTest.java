package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.InferTensorContents;
import dev.espalier.protocol.ModelInferRequest;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ParsedSizeTest {
    private static ModelInferRequest.Builder request(InferTensorContents contents) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("m");
        request.addInputsBuilder().setName("X").setContents(contents);
        return request;
    }

    private static long of(ModelInferRequest.Builder request) {
        return ParsedSize.of(ByteBuffer.wrap(request.build().toByteArray()));
    }

    @Test
    void shortStringsTakeUpAnObjectEach() {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int i = 0; i < 10_000; i++) {
            contents.addBytesContents(ByteString.EMPTY);
        }
        assertThat(of(request(contents.build()))).isBetween(1_000_000L, 2_000_000L);
    }

    @Test
    void packedNumbersTakeUpWhatTheirListDoesWhenItGrows() {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int i = 0; i < 10_000; i++) {
            contents.addInt64Contents(1);
        }
        // A byte each on the wire.
        assertThat(of(request(contents.build()))).isBetween(240_000L, 400_000L);
    }

    @Test
    void dimensionsAndUnknownFieldsCountToo() {
        ModelInferRequest.Builder shapes = ModelInferRequest.newBuilder();
        shapes.addInputsBuilder();
        long before = of(shapes);
        for (int i = 0; i < 10_000; i++) {
            shapes.getInputsBuilder(0).addShape(1);
        }
        assertThat(of(shapes) - before).isGreaterThan(240_000);

        byte[] unknown = new byte[10_000];
        for (int i = 0; i < unknown.length; i += 2) {
            unknown[i] = (byte) (100 << 3 & 0x7f);
        }
        assertThat(ParsedSize.of(ByteBuffer.wrap(unknown))).isGreaterThanOrEqualTo(500_000);
    }

    @Test
    void whatIsBrokenCountsAsFarAsItCanBeRead() {
        byte[] whole =
                request(InferTensorContents.newBuilder().addBoolContents(true).build())
                        .build()
                        .toByteArray();
        for (int length = 0; length < whole.length; length++) {
            assertThat(ParsedSize.of(ByteBuffer.wrap(whole, 0, length).slice()))
                    .isBetween(0L, 10_000L);
        }
        // Lengths beyond the end, and below zero.
        for (byte[] lying :
                new byte[][] {
                    {0x2a, -1, -1, -1, -1, 7},
                    {0x2a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                    {0x2a, 3, 0x2a, 100, 1}
                }) {
            assertThat(ParsedSize.of(ByteBuffer.wrap(lying))).isBetween(0L, 10_000L);
        }
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            assertThat(ParsedSize.of(ByteBuffer.wrap(noise))).isBetween(0L, 10_000L);
        }
    }

    @Test
    void leavesTheMessageAsItWas() {
        ByteBuffer message = ByteBuffer.wrap(new byte[] {0x2a, 0, 0x2a, 0});
        long _ = ParsedSize.of(message);
        assertThat(message.remaining()).isEqualTo(4);
    }
}
