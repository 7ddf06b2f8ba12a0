package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.espalier.protocol.InferTensorContents;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.http.EchoBackend;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.inference.ScratchInferences;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in the message of an inference request: it is read as protobuf reads it, and in pieces
/// as at once.
final class InferMessageFuzzTest {
    private static EchoBackend backend;
    private static ScratchInferences inferences;
    private static GrpcServices services;
    private static GrpcConnection connection;

    @BeforeAll
    static void start() throws Exception {
        backend = new EchoBackend();
        inferences = new ScratchInferences(backend.models());
        services =
                EchoServer.services(
                        backend, inferences, AccessTokens.notRequired(), ApiRestrictions.NONE);
        connection = new GrpcConnection(services);
        connection.livesOn(
                Runnable::run, services.memory().connected(new InetSocketAddress("127.0.0.1", 1)));
    }

    @AfterAll
    static void stop() {
        backend.close();
    }

    // --- seeds: message, bytes a piece

    static Stream<Arguments> messages() {
        return Stream.concat(sound(), hostile());
    }

    private static Stream<Arguments> sound() {
        ByteString string = ByteString.copyFromUtf8("\1\0\0\0x");
        return Stream.of(
                        Requests.raw("echo_int32", "INT32", new byte[8], 2),
                        Requests.raw("batch", "INT32", new byte[16], 2, 2),
                        Requests.raw("echo_bytes", "BYTES", string.toByteArray(), 1),
                        Requests.typed(
                                "echo_int32",
                                "INT32",
                                InferTensorContents.newBuilder().addIntContents(-7),
                                1),
                        Requests.typed(
                                "echo_bytes",
                                "BYTES",
                                InferTensorContents.newBuilder().addBytesContents(string),
                                1),
                        Requests.typed(
                                "echo_fp32",
                                "FP32",
                                InferTensorContents.newBuilder().addFp32Contents(Float.NaN),
                                1),
                        Requests.to("pair")
                                .setId("7")
                                .putParameters("priority", Requests.number(2))
                                .putParameters("timeout", Requests.number(-1))
                                .addInputs(Requests.input("A", "INT32", 1))
                                .addInputs(Requests.input("B", "BYTES", 1))
                                .addOutputs(Requests.output("B"))
                                .addRawInputContents(ByteString.copyFrom(new byte[4]))
                                .addRawInputContents(string)
                                .build())
                .flatMap(message -> Stream.of(0, 1, 5).map(piece -> seed(message, piece)));
    }

    private static Arguments seed(ModelInferRequest message, int piece) {
        return arguments(message.toByteArray(), piece);
    }

    private static Stream<Arguments> hostile() {
        byte[] sound = Requests.raw("echo_int32", "INT32", new byte[8], 2).toByteArray();
        byte[] header = java.util.Arrays.copyOf(sound, sound.length - 10);
        return Stream.of(
                arguments(new byte[0], 0),
                arguments(java.util.Arrays.copyOf(sound, sound.length - 1), 3),
                seed(Requests.raw("echo_int32", "INT32", new byte[7], 2), 0),
                seed(Requests.raw("echo_int32", "INT32", new byte[8], 1L << 62, 4), 0),
                seed(Requests.raw("echo_int32", "INT32", new byte[8], -2), 0),
                seed(Requests.raw("echo_int32", "INT64", new byte[16], 2), 0),
                seed(Requests.raw("echo_int32", "none", new byte[0]), 0),
                seed(Requests.raw("none", "INT32", new byte[8], 2), 1),
                // The tensor in front of what describes it.
                arguments(
                        join(
                                java.util.Arrays.copyOfRange(
                                        sound, sound.length - 10, sound.length),
                                header),
                        0),
                // Fields behind the tensor: an id, another model, an unknown one.
                arguments(join(sound, 0x1a, 1, 'i'), 0),
                arguments(join(sound, 0x0a, 1, 'm'), 0),
                arguments(join(sound, 0xfa, 0x7f, 0), 0),
                // Tensors announced with -1 and 2^31 - 1 bytes, and one more than there are inputs.
                arguments(
                        join(header, 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
                        0),
                arguments(join(header, 0x3a, 0xff, 0xff, 0xff, 0xff, 7), 1),
                arguments(join(sound, 0x3a, 0), 0),
                // Groups: nested, never ended, ended without a begin.
                arguments(join(sound, 0x4b, 0x4b, 0x4c, 0x4c), 0),
                arguments(join(sound, 0x4b), 0),
                arguments(join(sound, 0x4c), 0),
                // A number of eleven bytes, field 0, wire type 7, text that is no UTF-8.
                arguments(
                        join(sound, 0x40, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1), 0),
                arguments(join(sound, 0), 0),
                arguments(join(sound, 0x47), 0),
                arguments(join(sound, 0x1a, 1, 0xff), 0));
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] join(byte[] first, int... second) {
        byte[] bytes = new byte[second.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) second[i];
        }
        return join(first, bytes);
    }

    // --- the test

    /// What became of a request: its outputs, or the text that says why there are none.
    private static final class Outcome implements Responder {
        private final List<ByteString> outputs = new ArrayList<>();
        private String failure = "";
        private boolean answered;

        @Override
        public void completed(InferenceResult result) {
            assertThat(answered).isFalse();
            answered = true;
            result.outputs().forEach(output -> outputs.add(ByteString.copyFrom(output.data())));
            result.release();
        }

        @Override
        public void failed(ServingException cause) {
            assertThat(answered).isFalse();
            answered = true;
            failure = cause.text();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Outcome outcome
                    && outcome.outputs.equals(outputs)
                    && outcome.failure.equals(failure);
        }

        @Override
        public int hashCode() {
            return Objects.hash(outputs, failure);
        }

        @Override
        public String toString() {
            return failure.isEmpty() ? outputs.toString() : failure;
        }
    }

    @MethodSource("messages")
    @FuzzTest
    void isReadLikeProtobufDoes(byte @NotNull [] message, int piece) {
        Outcome whole = outcome(message, message.length, message.length);
        Outcome inPieces = outcome(message, Math.max(1, piece), Long.MAX_VALUE);

        assertThat(inPieces).isEqualTo(whole);
        if (whole.failure.isEmpty()) {
            List<ByteString> raw = parsed(message).getRawInputContentsList();
            if (!raw.isEmpty()) {
                assertThat(raw).containsAll(whole.outputs);
            }
        }
    }

    private static Outcome outcome(byte[] message, int piece, long length) {
        Outcome outcome = new Outcome();
        InferUpload upload =
                new InferUpload(services, connection, outcome, "a test", length, () -> {});
        for (int begin = 0; begin < message.length; ) {
            int count = Math.min(piece, message.length - begin);
            upload.feed(ByteBuffer.wrap(message, begin, count));
            begin += count;
        }
        try {
            upload.finish();
        } catch (ServingException refused) {
            outcome.failed(refused);
        }
        assertThat(outcome.answered).isTrue();
        assertThat(inferences.open()).isZero();
        return outcome;
    }

    private static ModelInferRequest parsed(byte[] message) {
        try {
            return ModelInferRequest.parseFrom(message);
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError("protobuf refuses what was answered", broken);
        }
    }
}
