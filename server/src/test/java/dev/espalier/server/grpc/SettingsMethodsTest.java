package dev.espalier.server.grpc;

import static dev.espalier.server.grpc.InferCallTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.protocol.LogSettingsRequest;
import dev.espalier.protocol.LogSettingsResponse;
import dev.espalier.protocol.TraceSettingRequest;
import dev.espalier.protocol.TraceSettingResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Settings over gRPC. What a real Triton answers is compared in `tests/conformance/requests_settings.py`.
@Timeout(60)
final class SettingsMethodsTest {
    private EchoServer server;
    private InferenceClient client;

    @BeforeEach
    void start() throws Exception {
        server = EchoServer.running();
        client = new InferenceClient(server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private Map<String, List<String>> traces(String model, String name, String... values) {
        TraceSettingRequest.Builder request = TraceSettingRequest.newBuilder().setModelName(model);
        if (!name.isEmpty()) {
            request.putSettings(
                    name,
                    TraceSettingRequest.SettingValue.newBuilder()
                            .addAllValue(List.of(values))
                            .build());
        }
        return client
                .call("TraceSetting", request.build(), TraceSettingResponse.getDefaultInstance())
                .getSettingsMap()
                .entrySet()
                .stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey, setting -> setting.getValue().getValueList()));
    }

    private LogSettingsResponse log(String name, LogSettingsRequest.SettingValue value) {
        return client.call(
                "LogSettings",
                LogSettingsRequest.newBuilder().putSettings(name, value).build(),
                LogSettingsResponse.getDefaultInstance());
    }

    private static LogSettingsRequest.SettingValue text(String value) {
        return LogSettingsRequest.SettingValue.newBuilder().setStringParam(value).build();
    }

    @Test
    void tellsAndChangesWhatIsLogged() {
        LogSettingsResponse changed =
                log(
                        "log_warning",
                        LogSettingsRequest.SettingValue.newBuilder().setBoolParam(false).build());

        assertThat(changed.getSettingsOrThrow("log_warning").getBoolParam()).isFalse();
        assertThat(changed.getSettingsOrThrow("log_info").getBoolParam()).isTrue();
        assertThat(server.backend().log().options().warning()).isFalse();
    }

    @Test
    void tellsAndChangesWhatIsTraced() {
        assertThat(traces("echo_fp32", "trace_rate", "5"))
                .containsEntry("trace_rate", List.of("5"))
                .containsEntry("trace_level", List.of("OFF"))
                .containsEntry("trace_mode", List.of("triton"));
        assertThat(traces("", "")).containsEntry("trace_rate", List.of("1000"));
        assertThat(traces("echo_fp32", "trace_rate")).containsEntry("trace_rate", List.of("1000"));
    }

    @Test
    void writesNoFileThatAClientNames() {
        String text = " file location can not be updated through network protocol";

        refused(() -> log("log_file", text("/tmp/x")), Status.Code.UNIMPLEMENTED, "log" + text);
        refused(
                () -> traces("", "trace_file", "/tmp/x"),
                Status.Code.UNIMPLEMENTED,
                "trace" + text);
    }
}
