package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Settings over HTTP. What a real Triton answers is compared in `tests/conformance/requests_settings.py`.
@Timeout(60)
final class SettingsRoutesTest {
    private static final String LOG =
            "{\"log_file\":\"\",\"log_info\":true,\"log_warning\":true,\"log_error\":true,"
                    + "\"log_verbose_level\":0,\"log_format\":\"default\"}";

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

    private RawClient.Answer post(String path, String body) throws Exception {
        return client.post(path, body.getBytes(StandardCharsets.UTF_8)).read();
    }

    @Test
    void tellsAndChangesWhatIsLogged() throws Exception {
        assertThat(client.get("/v2/logging").read().text()).isEqualTo(LOG);
        String changed = LOG.replace("\"log_info\":true", "\"log_info\":false").replace(":0", ":2");

        assertThat(post("/v2/logging", "{\"log_info\":false,\"log_verbose_level\":2}").text())
                .isEqualTo(changed);
        assertThat(server.log().options().info()).isFalse();
        assertThat(server.log().options().verbose()).isEqualTo(2);
    }

    @Test
    void changesNothingWhereAMemberIsRefused() throws Exception {
        RawClient.Answer answer =
                post("/v2/logging", "{\"log_info\":false,\"log_format\":\"xml\"}");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(client.get("/v2/logging").read().text()).isEqualTo(LOG);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/logging, log_file, log",
        "/v2/trace/setting, trace_file, trace",
        "/v2/models/echo_fp32/trace/setting, trace_file, trace"
    })
    void writesNoFileThatAClientNames(String path, String member, String what) throws Exception {
        RawClient.Answer answer = post(path, "{\"%s\":\"/tmp/x\"}".formatted(member));

        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.text())
                .contains(what + " file location can not be updated through network protocol");
    }

    @Test
    void tellsAndChangesWhatIsTraced() throws Exception {
        String all =
                "{\"trace_level\":[\"OFF\"],\"trace_rate\":\"1000\",\"trace_count\":\"-1\","
                        + "\"log_frequency\":\"0\",\"trace_file\":\"\",\"trace_mode\":\"triton\"}";
        assertThat(client.get("/v2/trace/setting").read().text()).isEqualTo(all);
        String own = all.replace("1000", "5");

        assertThat(post("/v2/models/echo_fp32/trace/setting", "{\"trace_rate\":\"5\"}").text())
                .isEqualTo(own);
        assertThat(client.get("/v2/trace/setting").read().text()).isEqualTo(all);
        assertThat(client.get("/v2/models/echo_fp32/trace/setting").read().text()).isEqualTo(own);
    }
}
