package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.fasterxml.jackson.core.JsonParser;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.inference.ScratchInferences;
import dev.espalier.server.work.WorkPool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in an inference request: it is answered once, with JSON or a reason, holds no place
/// afterwards, and the next request on the connection is answered too.
final class InferRequestFuzzTest {
    private static final List<String> MODELS =
            List.of("echo_int32", "echo_bytes", "echo_fp64", "echo_bool", "pair", "batch", "none");
    private static final List<String> CODINGS = List.of("", "gzip", "deflate", "br");
    private static final int MOST = 1 << 20;

    private static EchoBackend backend;
    private static ScratchInferences inferences;
    private static HttpServices services;

    @BeforeAll
    static void start() throws Exception {
        backend = new EchoBackend();
        inferences = new ScratchInferences(backend.models());
        services =
                backend.httpServices(
                        inferences,
                        AccessTokens.notRequired(),
                        ApiRestrictions.NONE,
                        new WorkPool(Runnable::run, backend.errors()));
    }

    @AfterAll
    static void stop() {
        backend.close();
    }

    // --- seeds: body, length of its JSON (-1 for all of it), model, coding, bytes a piece

    static Stream<Arguments> requests() throws IOException {
        String outputs =
                ",\"outputs\":[{\"name\":\"X\",\"parameters\":{\"binary_data\":true,\"classification\":1}}]";
        return Stream.of(
                json("echo_int32", "[2]", "INT32", "[1,-2147483648]", ",\"id\":\"a\\u00e9\""),
                json("echo_int32", "[2,2]", "INT32", "[[1,2],[3,4]]", outputs),
                json("echo_bytes", "[2]", "BYTES", "[\"\\ud83d\\ude00\",\"\\\\\"]", ""),
                json("echo_fp64", "[3]", "FP64", "[1e308,NaN,-Infinity]", ""),
                json("echo_bool", "[2]", "BOOL", "[true,false]", outputs),
                json("echo_bool", "[1]", "BOOL", "[".repeat(300) + "true", ""),
                json("echo_int32", "[9223372036854775807,9]", "INT32", "[1]", ""),
                json("echo_int32", "[-1]", "INT32", "[1]", ""),
                json("none", "[1]", "INT32", "[1]", ""),
                binary("echo_int32", "[2]", "INT32", 8, new byte[8], 3),
                binary("echo_int32", "[2]", "INT32", 8, new byte[7], 0),
                binary("echo_int32", "[2]", "INT32", 8, new byte[9], 1),
                binary("echo_int32", "[2]", "INT32", Long.MAX_VALUE, new byte[8], 0),
                binary("echo_bytes", "[1]", "BYTES", 5, new byte[] {1, 0, 0, 0, 'x'}, 4),
                binary("echo_bytes", "[1]", "BYTES", 5, new byte[] {-1, -1, -1, -1, 0}, 0),
                textForBinary("echo_bytes", new byte[] {1, 0, 0, 0, -1}),
                binary("batch", "[3,2]", "INT32", 24, new byte[24], 5),
                arguments(new byte[8], 0, "echo_int32", "", 0),
                arguments(new byte[7], 0, "echo_int32", "", 2),
                arguments("{}".getBytes(StandardCharsets.UTF_8), 3, "pair", "", 0),
                arguments("{}".getBytes(StandardCharsets.UTF_8), -1, "pair", "br", 0),
                arguments(new byte[0], -1, "pair", "", 0),
                arguments(
                        "{\"inputs\":[{".repeat(50).getBytes(StandardCharsets.UTF_8),
                        -1,
                        "pair",
                        "",
                        0),
                compressed("gzip", 7),
                compressed("deflate", 1),
                arguments(new byte[] {0x1f, (byte) 0x8b, 8, -1, 0}, -1, "batch", "gzip", 1));
    }

    private static Arguments json(
            String model, String shape, String type, String data, String more) {
        String text =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":%s,\"datatype\":\"%s\",\"data\":%s}]%s}"
                        .formatted(shape, type, data, more);
        return arguments(text.getBytes(StandardCharsets.UTF_8), -1, model, "", 0);
    }

    private static Arguments binary(
            String model, String shape, String type, long size, byte[] tensor, int piece) {
        byte[] text =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":%s,\"datatype\":\"%s\",\"parameters\":{\"binary_data_size\":%d}}],\"parameters\":{\"binary_data_output\":true}}"
                        .formatted(shape, type, size)
                        .getBytes(StandardCharsets.UTF_8);
        return arguments(RawClient.joined(text, tensor), text.length, model, "", piece);
    }

    /// A binary input whose output is asked for as JSON.
    private static Arguments textForBinary(String model, byte[] tensor) {
        byte[] text =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[1],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":%d}}]}"
                        .formatted(tensor.length)
                        .getBytes(StandardCharsets.UTF_8);
        return arguments(RawClient.joined(text, tensor), text.length, model, "", 0);
    }

    private static Arguments compressed(String coding, int piece) throws IOException {
        byte[] body = (byte[]) json("echo_int32", "[1]", "INT32", "[7]", "").get()[0];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out =
                coding.equals("gzip")
                        ? new GZIPOutputStream(bytes)
                        : new DeflaterOutputStream(bytes)) {
            out.write(body);
        }
        return arguments(bytes.toByteArray(), -1, "echo_int32", coding, piece);
    }

    // --- the test

    @MethodSource("requests")
    @FuzzTest
    void isAnsweredOnce(
            byte @NotNull [] body,
            int jsonLength,
            @NotNull String model,
            @NotNull String coding,
            int piece)
            throws IOException {
        EmbeddedChannel channel =
                new EmbeddedChannel(
                        new HttpRequestDecoder(),
                        new HttpConnection(
                                new ApiRequests(services, MOST),
                                new OpenConnections(10),
                                services.means(),
                                services.means().memory().connected(null)));
        try {
            send(channel, head(body.length, jsonLength, model, coding), 0);
            send(channel, body, piece);

            assertThatItIsOneAnswer(answer(channel));
            assertThat(inferences.open()).isZero();
            if (channel.isOpen()) {
                send(channel, "GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(), 0);
                assertThat(text(answer(channel))).startsWith("HTTP/1.1 200 ");
            }
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static byte[] head(int length, int jsonLength, String model, String coding) {
        StringBuilder head = new StringBuilder("POST /v2/models/");
        head.append(MODELS.contains(model) ? model : MODELS.get(model.length() % MODELS.size()));
        head.append("/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ").append(length).append("\r\n");
        String known =
                CODINGS.contains(coding) ? coding : CODINGS.get(coding.length() % CODINGS.size());
        if (!known.isEmpty()) {
            head.append("Content-Encoding: ").append(known).append("\r\n");
            head.append("Accept-Encoding: ").append(known).append("\r\n");
        }
        if (jsonLength != -1) {
            head.append("Inference-Header-Content-Length: ").append(jsonLength).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Sends bytes in pieces; 0 for all at once.
    private static void send(EmbeddedChannel channel, byte[] bytes, int piece) {
        int count = piece <= 0 ? Math.max(1, bytes.length) : piece;
        for (int begin = 0; begin < bytes.length && channel.isOpen(); ) {
            int end = (int) Math.min(bytes.length, (long) begin + count);
            channel.writeInbound(Unpooled.copiedBuffer(bytes, begin, end - begin));
            begin = end;
        }
        channel.runPendingTasks();
        channel.checkException();
    }

    private static byte[] answer(EmbeddedChannel channel) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuf part;
        while ((part = channel.readOutbound()) != null) {
            byte[] content = new byte[part.readableBytes()];
            part.readBytes(content).release();
            bytes.writeBytes(content);
        }
        return bytes.toByteArray();
    }

    private static String text(byte[] answer) {
        return new String(answer, StandardCharsets.ISO_8859_1);
    }

    private static void assertThatItIsOneAnswer(byte[] answer) throws IOException {
        String text = text(answer);
        assertThat(text).matches("(?s)HTTP/1.1 (200|400|404|500|501|503) .*");
        int headEnds = text.indexOf("\r\n\r\n") + 4;
        String head = text.substring(0, headEnds);
        assertThat(number(head, "Content-Length")).isEqualTo(answer.length - headEnds);
        if (!head.contains("Content-Encoding")) {
            int json = number(head, "Inference-Header-Content-Length");
            int jsonEnds = json < 0 ? answer.length : headEnds + json;
            assertThatItIsJson(Arrays.copyOfRange(answer, headEnds, jsonEnds));
        }
    }

    private static int number(String head, String name) {
        for (String line : head.split("\r\n")) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                return Integer.parseInt(line.substring(name.length() + 1).strip());
            }
        }
        return -1;
    }

    /// Strings of a model stand in JSON byte for byte, as Triton writes them, so they need not be
    /// UTF-8: every byte is read as one character here.
    private static void assertThatItIsJson(byte[] answer) throws IOException {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        try (JsonParser json = InferHeaderParser.JSON.createParser(text)) {
            json.nextToken();
            json.skipChildren();
            assertThat(json.nextToken()).isNull();
        }
    }
}
