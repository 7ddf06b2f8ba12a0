package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every route but inference.
@Timeout(60)
final class SmallRoutesTest {
    private EchoServer server;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        server = EchoServer.running();
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private void answers(String path, String text) throws Exception {
        RawClient.Answer answer = client.get(path).read();
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
    }

    @Test
    void saysWhoItIs() throws Exception {
        answers(
                "/v2",
                "{\"name\":\"echo\",\"version\":\"1.0\",\"extensions\":[\"binary_tensor_data\"]}");
        assertThat(client.get("/v2/").read().status()).isEqualTo(404);
    }

    @Test
    void saysHowItIsWithoutABody() throws Exception {
        RawClient.Answer ready = client.get("/v2/health/ready").read();
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.body()).isEmpty();
        server.fallIll();
        assertThat(client.get("/v2/health/ready").read().status()).isEqualTo(400);
        assertThat(client.get("/v2/health/live").read().status()).isEqualTo(200);
    }

    @Test
    void tellsOpLibrariesOfAllModelsAndOfOne() throws Exception {
        String libraries =
                """
                {"libraries":[{"name":"libecho.so","sha256":"ab12","engine":"echo",
                "ops":["my:Echo","my:Delay"],"places":["/models/batch/ops/libecho.so"],
                "models":[{"name":"batch","version":"1"}],
                "workers":[{"name":"echo [libecho.so@ab12]","pid":17,"deaths":2}],
                "shadows":[{"op":"my:Echo","library":"libfar.so@cd34","place":"/far/libfar.so"}],
                "load_us":1500}],
                "refused":[{"name":"libbad.so","place":"/far/libbad.so","reason":"is \\"bad\\""}]}
                """
                        .replace("\n", "");
        answers("/v2/espalier/ops", libraries);
        answers("/v2/espalier/models/batch/ops", libraries);
        answers("/v2/espalier/models/classes/ops", "{\"libraries\":[],\"refused\":[]}");
        assertThat(client.get("/v2/espalier/models/nobody/ops").read().status()).isEqualTo(404);
    }

    @Test
    void tellsWhatOfConfigurationsHasNoEffect() throws Exception {
        String batch = "{\"name\":\"batch\",\"notes\":[\"`response_cache.enable` has no effect\"]}";
        String pair = "{\"name\":\"pair\",\"notes\":[]}";
        answers("/v2/espalier/models", "{\"models\":[%s,%s]}".formatted(batch, pair));
        answers("/v2/espalier/models/batch", batch);
        assertThat(client.get("/v2/espalier/models/nobody").read().status()).isEqualTo(404);
    }

    @Test
    void describesModels() throws Exception {
        String batch =
                "{\"name\":\"batch\",\"versions\":[\"1\"],\"platform\":\"onnxruntime_onnx\",\"inputs\":[{\"name\":\"X\",\"datatype\":\"INT32\",\"shape\":[-1,2]}],\"outputs\":[{\"name\":\"X\",\"datatype\":\"INT32\",\"shape\":[-1,2]}]}";
        answers("/v2/models/batch", batch);
        answers("/v2/models/batch/versions/1", batch);
        assertThat(client.get("/v2/models/batch/versions/9").read().status()).isEqualTo(404);
        assertThat(client.get("/v2/models/batch/versions/x").read().text())
                .isEqualTo("{\"error\":\"Not Found\"}");
    }

    @Test
    void tellsVersionsThatAreNoNumbersOfThisWorld() throws Exception {
        RawClient.Answer answer =
                client.get("/v2/models/batch/versions/9999999999999999999999").read();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("version should be an integral value > 0");
    }

    @Test
    void tellsWhetherAModelIsReady() throws Exception {
        assertThat(client.get("/v2/models/pair/ready").read().status()).isEqualTo(200);
        assertThat(client.get("/v2/models/pair/ready").read().body()).isEmpty();
        RawClient.Answer no = client.get("/v2/models/pair/versions/2/ready").read();
        assertThat(no.status()).isEqualTo(400);
        assertThat(no.text()).isEqualTo("{\"error\":\"Model version not ready\"}");
    }

    @Test
    void givesTheConfigurationInJson() throws Exception {
        assertThat(client.get("/v2/models/batch/config").read().text())
                .startsWith("{\"name\":\"batch\"")
                .contains("\"max_batch_size\":8", "\"data_type\":\"TYPE_INT32\"", "\"dims\":[2]");
    }

    @Test
    void countsWhatModelsDid() throws Exception {
        client.infer(
                "batch",
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[3,2],\"datatype\":\"INT32\",\"data\":[1,2,3,4,5,6]}]}");
        ObservedInferences.await(
                () -> server.statistics("batch").snapshot("batch", "1").executionCount() == 1);
        assertThat(client.get("/v2/models/batch/stats").read().text())
                .matches(
                        "\\{\"model_stats\":\\[\\{\"name\":\"batch\",\"version\":\"1\",\"last_inference\":\\d{13},"
                                + "\"inference_count\":3,\"execution_count\":1,\"inference_stats\":\\{"
                                + "\"success\":\\{\"count\":1,\"ns\":\\d+},\"fail\":\\{\"count\":0,\"ns\":0},"
                                + "\"queue\":\\{\"count\":1,\"ns\":\\d+},\"compute_input\":\\{\"count\":1,\"ns\":\\d+},"
                                + "\"compute_infer\":\\{\"count\":1,\"ns\":\\d+},\"compute_output\":\\{\"count\":1,\"ns\":\\d+},"
                                + "\"cache_hit\":\\{\"count\":0,\"ns\":0},\"cache_miss\":\\{\"count\":0,\"ns\":0}},"
                                + "\"response_stats\":\\{},\"batch_stats\":\\[\\{\"batch_size\":3,"
                                + "\"compute_input\":\\{\"count\":1,\"ns\":\\d+},\"compute_infer\":\\{\"count\":1,\"ns\":\\d+},"
                                + "\"compute_output\":\\{\"count\":1,\"ns\":\\d+}}],\"memory_usage\":\\[]}]}");
    }

    private RawClient.Answer index(String body) throws Exception {
        return client.post("/v2/repository/index", body.getBytes(StandardCharsets.UTF_8)).read();
    }

    @Test
    void listsModelsWithTheirStates() throws Exception {
        String ready = "{\"name\":\"pair\",\"version\":\"1\",\"state\":\"READY\"}";
        String all =
                "["
                        + ready
                        + ",{\"name\":\"lost\",\"version\":\"2\",\"state\":\"UNAVAILABLE\",\"reason\":\"its \\\"worker\\\" died\"}"
                        + ",{\"name\":\"never\",\"reason\":\"no version\"}]";
        assertThat(index("").text()).isEqualTo(all);
        assertThat(index("{\"ready\":false}").text()).isEqualTo(all);
        assertThat(index("{\"ready\":true}").text()).isEqualTo("[" + ready + "]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ready\":1}", "{\"ready\":", "{} x", "[[[["})
    void refusesAnIndexRequestThatIsBroken(String body) throws Exception {
        assertThat(index(body).status()).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/v2/repository/models/pair/load, 503, explicit model load / unload is not allowed if polling is enabled",
                "/v2/repository/models/pair/unload, 503, explicit model load / unload is not allowed if polling is enabled",
                "/v2/repository/r/models/pair/load, 501, 'repository_name' specification is not supported",
            })
    void refusesWhatChangesTheRepository(String path, int status, String text) throws Exception {
        RawClient.Answer answer = client.post(path, "{}".getBytes(StandardCharsets.UTF_8)).read();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo("{\"error\":\"" + text + "\"}");
    }

    @Test
    void saysHowSharedMemoryWouldBeTurnedOn() throws Exception {
        RawClient.Answer answer = client.get("/v2/systemsharedmemory/status").read();
        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.text())
                .isEqualTo(
                        "{\"error\":\"Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.\"}");
    }
}
