package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.regions.ClientRegions;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tensors in regions of a client's, whose folder is the test's.
@Timeout(60)
final class RegionExchangeTest {
    private static final int SIZE = 4096;

    @TempDir private Path folder;
    private Path file;
    private EchoServer server;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        file = folder.resolve("file");
        fill(1, 2, 3, 4);
        start(EchoServer.running(ClientRegions.in(folder)));
    }

    private void start(EchoServer started) throws Exception {
        server = started;
        client = server.connect();
        assertThat(register("r", "{\"key\":\"/file\",\"byte_size\":%d}".formatted(SIZE)).status())
                .isEqualTo(200);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private void fill(int... values) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        Files.write(file, bytes.array());
    }

    private int[] content(int offset, int count) throws Exception {
        int[] values = new int[count];
        ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(offset)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(values);
        return values;
    }

    private RawClient.Answer post(String path, String body) throws Exception {
        return client.post("/v2/systemsharedmemory/" + path, body.getBytes(StandardCharsets.UTF_8))
                .read();
    }

    private RawClient.Answer register(String name, String body) throws Exception {
        return post("region/" + name + "/register", body);
    }

    private static String place(long offset, long size) {
        return "\"parameters\":{\"shared_memory_region\":\"r\",\"shared_memory_offset\":%d,\"shared_memory_byte_size\":%d}"
                .formatted(offset, size);
    }

    private static String request(String type, long count, String source, String output) {
        return "{\"inputs\":[{\"name\":\"X\",\"shape\":[%d],\"datatype\":\"%s\",%s}],\"outputs\":[{\"name\":\"X\"%s}]}"
                .formatted(count, type, source, output);
    }

    @Test
    void readsAnInputAndWritesAnOutput() throws Exception {
        RawClient.Answer json = client.infer("echo_int32", request("INT32", 2, place(4, 8), ""));
        assertThat(json.text()).contains("\"data\":[2,3]");

        RawClient.Answer written =
                client.infer("echo_int32", request("INT32", 4, place(0, 16), "," + place(64, 20)));

        assertThat(written.text())
                .endsWith("\"outputs\":[{\"name\":\"X\",\"datatype\":\"INT32\",\"shape\":[4]}]}");
        assertThat(content(64, 5)).containsExactly(1, 2, 3, 4, 0);
    }

    @Test
    void goesTogetherWithTensorsInTheRequest() throws Exception {
        String inputs =
                "{\"inputs\":[{\"name\":\"A\",\"shape\":[1],\"datatype\":\"INT32\",%s},{\"name\":\"B\",\"shape\":[1],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":5}}],\"outputs\":[{\"name\":\"B\",%s},{\"name\":\"A\",\"parameters\":{\"binary_data\":true}}]}"
                        .formatted(place(12, 4), place(64, 8));

        RawClient.Answer answer = client.infer("pair", inputs, new byte[] {1, 0, 0, 0, 'b'});

        assertThat(answer.tensors()).containsExactly(4, 0, 0, 0);
        assertThat(Arrays.copyOfRange(Files.readAllBytes(file), 64, 69))
                .containsExactly(1, 0, 0, 0, 'b');
    }

    @Test
    void readsStrings() throws Exception {
        Files.write(
                file, RawClient.joined(new byte[] {1, 0, 0, 0, 'a', 9, 0, 0, 0}, new byte[SIZE]));
        assertThat(client.infer("echo_bytes", request("BYTES", 1, place(0, 5), "")).text())
                .contains("\"data\":[\"a\"]");
        assertThat(client.infer("echo_bytes", request("BYTES", 2, place(0, 9), "")).text())
                .contains("expecting string of length 9 but only 0 bytes available");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|12|0|16|400|[request id: <id_unknown>] input byte size mismatch for input 'X'"
                        + " for model 'echo_int32'. Expected 16, got 12",
                "4081|16|0|16|400|Invalid offset + byte size for shared memory region: 'r'",
                "4096|16|0|16|400|Invalid offset for shared memory region: 'r'",
                "0|16|4090|16|400|Invalid offset + byte size for shared memory region: 'r'",
                "0|16|0|15|500|shared memory size specified with the request for output 'X' (15"
                        + " bytes) should be at least 16 bytes to hold the results",
            })
    void refusesWhatDoesNotFit(long from, long size, long to, long room, int status, String text)
            throws Exception {
        RawClient.Answer answer =
                client.infer(
                        "echo_int32",
                        request("INT32", 4, place(from, size), "," + place(to, room)));
        assertThat(answer.text()).isEqualTo("{\"error\":\"" + text + "\"}");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(content(0, 5)).containsExactly(1, 2, 3, 4, 0);
    }

    @Test
    void outlivesAClientThatTruncatesItsRegion() throws Exception {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(8);
        }
        RawClient.Answer in = client.infer("echo_int32", request("INT32", 4, place(0, 16), ""));
        assertThat(in.text()).contains("shared memory region 'r' ends at byte 8");
        assertThat(in.status()).isEqualTo(500);
        RawClient.Answer out =
                client.infer("echo_int32", request("INT32", 2, place(0, 8), "," + place(64, 8)));
        assertThat(out.text()).contains("shared memory region 'r' ends at byte 8");
        assertThat(Files.size(file)).isEqualTo(8);

        assertThat(client.infer("echo_int32", request("INT32", 2, place(0, 8), "")).text())
                .contains("\"data\":[1,2]");
    }

    @Test
    void finishesWhatUsesARegionThatIsUnregistered() throws Exception {
        stop();
        start(EchoServer.holding(ClientRegions.in(folder)));
        RawClient other = server.connect();
        other.post(
                "/v2/models/echo_int32/infer",
                request("INT32", 4, place(0, 16), "," + place(64, 16))
                        .getBytes(StandardCharsets.UTF_8));
        server.inferences().awaitSubmitted(1);
        assertThat(post("unregister", "").status()).isEqualTo(200);

        server.worker().permit(1);

        assertThat(other.read().status()).isEqualTo(200);
        assertThat(content(64, 4)).containsExactly(1, 2, 3, 4);
        assertThat(client.get("/v2/systemsharedmemory/status").read().text()).isEqualTo("[]");
        other.close();
    }

    /// A short request that names much of a region takes as much memory as one that brings it.
    @Test
    void countsWhatItReadsBeforeThereIsMemoryForIt() throws Exception {
        long large = 256L << 20;
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("large").toFile(), "rw")) {
            sparse.setLength(large);
        }
        assertThat(register("l", "{\"key\":\"large\",\"byte_size\":%d}".formatted(large)).status())
                .isEqualTo(200);
        RawClient.Answer answer =
                client.infer(
                        "echo_int32",
                        request("INT32", large / 4, place(0, large).replace("\"r\"", "\"l\""), ""));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("request memory");
    }

    @Test
    void tellsItsRegions() throws Exception {
        assertThat(register("a", "{\"key\":\"file\",\"offset\":8,\"byte_size\":16}").status())
                .isEqualTo(200);
        assertThat(client.get("/v2/systemsharedmemory/status").read().text())
                .isEqualTo(
                        "[{\"name\":\"a\",\"key\":\"file\",\"offset\":8,\"byte_size\":16},{\"name\":\"r\",\"key\":\"/file\",\"offset\":0,\"byte_size\":4096}]");
        assertThat(client.get("/v2/systemsharedmemory/region/a/status").read().text())
                .isEqualTo("[{\"name\":\"a\",\"key\":\"file\",\"offset\":8,\"byte_size\":16}]");
        assertThat(post("region/a/unregister", "").status()).isEqualTo(200);
        assertThat(client.get("/v2/systemsharedmemory/region/a/status").read().status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|status|200|[]",
                "GET|region/c/status|404|{\"error\":\"Unable to find cuda shared memory region:"
                        + " 'c'\"}",
                "POST|region/c/register|501|{\"error\":\"shared memory of GPUs is not supported:"
                        + " the server itself uses none (expected: system shared memory, or tensors in"
                        + " the request)\"}",
                "POST|region/c/unregister|200|",
                "POST|unregister|200|",
            })
    void hasNoneOnGpus(String method, String path, int status, String text) throws Exception {
        client.send(
                "%s /v2/cudasharedmemory/%s HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n"
                        .formatted(method, path));
        RawClient.Answer answer = client.read();
        assertThat(answer.text()).isEqualTo(text == null ? "" : text);
        assertThat(answer.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|500|failed to parse the request JSON buffer: The document is empty. at 0",
                "{}|400|Shared memory register request has no 'key' field",
                "{\"key\":\"k\"}|400|Shared memory register request has no 'byte_size' field",
                "{\"key\":1,\"byte_size\":1}|500|attempt to access JSON non-string as string",
                "{\"key\":\"k\",\"byte_size\":-1}|500|attempt to access JSON non-unsigned-integer"
                        + " as unsigned-integer",
                "{\"key\":\"/none\",\"byte_size\":1}|500|Unable to open shared memory region:"
                        + " '/none'",
                "{\"key\":\"/file\",\"byte_size\":18446744073709551615}|400|failed to register"
                        + " shared memory region 's': invalid args",
            })
    void refusesRegionsThatAreNone(String body, int status, String text) throws Exception {
        RawClient.Answer answer = register("s", body == null ? "" : body);
        assertThat(answer.text()).isEqualTo("{\"error\":\"" + text + "\"}");
        assertThat(answer.status()).isEqualTo(status);
    }
}
