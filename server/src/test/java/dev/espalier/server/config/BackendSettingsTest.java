package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BackendSettingsTest {
    private final List<String> notices = new ArrayList<>();

    private static final List<KnownEngine> ENGINES =
            List.of(
                    new KnownEngine("onnxruntime", List.of()),
                    new KnownEngine("tensorrt", List.of("plugins")));

    @Test
    void sortsSettingsByBackendAndName() throws Exception {
        BackendOptions backends =
                new BackendSettings(
                                List.of(
                                        "tensorrt,plugins=a.so;b.so",
                                        "tensorrt,version-compatible=true",
                                        "onnxruntime,x=1,2",
                                        "onnxruntime,y="),
                                List.of(),
                                notices)
                        .read();

        assertThat(backends.settings())
                .isEqualTo(
                        Map.of(
                                "tensorrt",
                                Map.of("plugins", "a.so;b.so", "version-compatible", "true"),
                                "onnxruntime",
                                Map.of("x", "1,2", "y", "")));
    }

    @Test
    void readsTheDefaultBatchSize() throws Exception {
        assertThat(new BackendSettings(List.of(), List.of(), notices).read().defaultMaxBatchSize())
                .isEqualTo(4);
        assertThat(
                        new BackendSettings(
                                        List.of("default-max-batch-size=16"), List.of(), notices)
                                .read()
                                .defaultMaxBatchSize())
                .isEqualTo(16);
    }

    @Test
    void prefersABackendsOwnDefaultBatchSize() throws Exception {
        BackendOptions backends =
                new BackendSettings(
                                List.of(
                                        "onnxruntime,default-max-batch-size=8",
                                        "default-max-batch-size=16"),
                                List.of(),
                                notices)
                        .read();

        assertThat(backends.defaultMaxBatchSize("onnxruntime")).isEqualTo(8);
        assertThat(backends.defaultMaxBatchSize("tensorrt")).isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tensorrt",
                "tensorrt,plugins",
                ",plugins=a",
                "tensorrt,=a",
                "=3",
                "unknown=3",
                "unknown=3,4",
                "default-max-batch-size=-1",
                "default-max-batch-size=4,5",
                "default-max-batch-size=many",
                "onnxruntime,default-max-batch-size=many"
            })
    void refusesWhatIsNoSetting(String value) {
        assertThatThrownBy(() -> new BackendSettings(List.of(value), ENGINES, notices).read())
                .hasMessageStartingWith("--backend-config: '" + value + "' (expected: ");
    }

    @Test
    void givesAnExampleOfAnEngineThatHasOne() {
        assertThatThrownBy(() -> new BackendSettings(List.of("x"), ENGINES, notices).read())
                .hasMessageEndingWith(
                        "(expected: <backend>,<name>=<value> or default-max-batch-size=<n>, such as tensorrt,plugins=a.so;b.so)");
        assertThatThrownBy(() -> new BackendSettings(List.of("x"), List.of(), notices).read())
                .hasMessageEndingWith("default-max-batch-size=<n>)");
    }

    @Test
    void tellsOfSettingsThatHaveNoEffect() throws Exception {
        BackendOptions _ =
                new BackendSettings(
                                List.of(
                                        "tensorrt,plugin=a.so",
                                        "tensorrt,plugins=a.so",
                                        "tensorrt,default-max-batch-size=2",
                                        "tensorr,plugins=a.so",
                                        "python,shm-region-prefix-name=x"),
                                ENGINES,
                                notices)
                        .read();

        assertThat(notices)
                .containsExactly(
                        "--backend-config=tensorrt,plugin has no effect: the backend has no such setting (did you mean 'plugins'?)",
                        "--backend-config=tensorr,plugins has no effect: there is no backend 'tensorr' (did you mean 'tensorrt'?)",
                        "--backend-config=python,shm-region-prefix-name has no effect: there is no backend 'python'");
    }
}
