package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies that are compressed, on their way in and out.
@Timeout(60)
final class CompressionTest {
    private static final String INFER = "/v2/models/echo_uint8/infer";
    private static final byte[] TENSOR = new byte[100_000];
    private static final byte[] JSON =
            "{\"inputs\":[{\"name\":\"X\",\"shape\":[100000],\"datatype\":\"UINT8\",\"parameters\":{\"binary_data_size\":100000}}],\"parameters\":{\"binary_data_output\":true}}"
                    .getBytes(StandardCharsets.UTF_8);
    private static final byte[] BODY = RawClient.joined(JSON, TENSOR);
    private static final String HEADER_LENGTH = "Inference-Header-Content-Length: " + JSON.length;
    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.running();
        for (int i = 0; i < TENSOR.length; i++) {
            TENSOR[i] = (byte) (i * i >> 3);
        }
        System.arraycopy(TENSOR, 0, BODY, JSON.length, TENSOR.length);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] compressed(byte[] bytes, String coding) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream sink =
                coding.equals("gzip") ? new GZIPOutputStream(out) : new DeflaterOutputStream(out)) {
            sink.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] decompressed(byte[] bytes, String coding) throws Exception {
        InputStream in = new ByteArrayInputStream(bytes);
        try (InputStream source =
                coding.equals("gzip") ? new GZIPInputStream(in) : new InflaterInputStream(in)) {
            return source.readAllBytes();
        }
    }

    private static RawClient.Answer post(byte[] body, String... headers) throws Exception {
        try (RawClient client = server.connect()) {
            return client.post(INFER, body, headers).read();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "identity"})
    void readsCompressedBodies(String coding) throws Exception {
        byte[] body = coding.equals("identity") ? BODY : compressed(BODY, coding);
        assertThat(post(body, "Content-Encoding: " + coding, HEADER_LENGTH).tensors())
                .isEqualTo(TENSOR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void compressesAnswers(String coding) throws Exception {
        RawClient.Answer answer = post(BODY, HEADER_LENGTH, "Accept-Encoding: " + coding);

        assertThat(answer.header("content-encoding")).isEqualTo(coding);
        byte[] body = decompressed(answer.body(), coding);
        int json = Integer.parseInt(answer.header("inference-header-content-length"));
        assertThat(new String(body, 0, json, StandardCharsets.UTF_8))
                .endsWith("\"binary_data_size\":100000}}]}");
        assertThat(Arrays.copyOfRange(body, json, body.length)).isEqualTo(TENSOR);
    }

    @Test
    void compressesAnswersThatAreAllJson() throws Exception {
        byte[] request =
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[2],\"datatype\":\"UINT8\",\"data\":[1,2]}]}"
                        .getBytes(StandardCharsets.UTF_8);
        RawClient.Answer answer = post(request, "Accept-Encoding: gzip;q=0.5, deflate");
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(new String(decompressed(answer.body(), "deflate"), StandardCharsets.UTF_8))
                .endsWith("\"data\":[1,2]}]}");
    }

    @Test
    void readsAGzipHeaderWithEverythingInIt() throws Exception {
        byte[] plain = compressed(BODY, "gzip");
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        full.write(plain, 0, 3);
        full.write(2 | 4 | 8 | 16);
        full.write(plain, 4, 6);
        full.writeBytes(new byte[] {3, 0, 'e', 'x', 't', 'n', 0, 'c', 0, 1, 2});
        full.write(plain, 10, plain.length - 10);

        assertThat(post(full.toByteArray(), "Content-Encoding: gzip", HEADER_LENGTH).tensors())
                .isEqualTo(TENSOR);
    }

    @Test
    void refusesOtherCodings() throws Exception {
        RawClient.Answer answer = post(BODY, "Content-Encoding: br", HEADER_LENGTH);
        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.text()).isEqualTo("{\"error\":\"Unsupported compression type\"}");
        assertThat(answer.header("accept-encoding")).isEqualTo("gzip, deflate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void refusesBodiesThatAreCutShortOrBroken(String coding) throws Exception {
        byte[] whole = compressed(BODY, coding);
        for (int length : new int[] {1, 9, 11, 100, whole.length - 5, whole.length - 1}) {
            RawClient.Answer answer =
                    post(
                            Arrays.copyOf(whole, length),
                            "Content-Encoding: " + coding,
                            HEADER_LENGTH);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text())
                    .startsWith("{\"error\":\"the request body is no complete " + coding);
        }
        byte[] broken = whole.clone();
        broken[whole.length - 6] ^= 1;
        assertThat(post(broken, "Content-Encoding: " + coding, HEADER_LENGTH).status())
                .isEqualTo(400);
    }

    @Test
    void refusesBytesBehindTheEnd() throws Exception {
        byte[] whole = compressed(BODY, "gzip");
        assertThat(
                        post(
                                        Arrays.copyOf(whole, whole.length + 3),
                                        "Content-Encoding: gzip",
                                        HEADER_LENGTH)
                                .text())
                .contains("3 bytes follow its end");
    }

    @ParameterizedTest
    @CsvSource({"gzip", "deflate"})
    void refusesBodiesThatGrowTooLarge(String coding) throws Exception {
        byte[] bomb = compressed(new byte[EchoServer.MOST_INPUT + 1], coding);
        RawClient.Answer answer = post(bomb, "Content-Encoding: " + coding);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("more than 8388608 bytes is too large");
    }

    @Test
    void tellsTheHeadersRangeByTheDecompressedBody() throws Exception {
        byte[] body = compressed("{}".getBytes(StandardCharsets.UTF_8), "gzip");
        assertThat(
                        post(body, "Content-Encoding: gzip", "Inference-Header-Content-Length: 3")
                                .text())
                .isEqualTo(
                        "{\"error\":\"inference header size should be in range (0, 2), got: 3\"}");
    }
}
