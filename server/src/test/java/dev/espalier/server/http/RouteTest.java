package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
final class RouteTest {
    @ParameterizedTest
    @CsvSource({
        "/v2, SERVER_METADATA, '', ''",
        "/v2/health/live, HEALTH_LIVE, '', ''",
        "/v2/health/ready?x=/v2/y, HEALTH_READY, '', ''",
        "/v2/models/m, MODEL_METADATA, m, ''",
        "/v2/models/m/versions/12, MODEL_METADATA, m, 12",
        "/v2/models/m/ready, MODEL_READY, m, ''",
        "/v2/models/m/versions/1/ready, MODEL_READY, m, 1",
        "/v2/models/m/config, MODEL_CONFIG, m, ''",
        "/v2/models/m/infer, INFER, m, ''",
        "/v2/models/m/versions/3/infer, INFER, m, 3",
        "/v2/models/m/generate, GENERATE, m, ''",
        "/v2/models/m/versions/2/generate_stream, GENERATE_STREAM, m, 2",
        "/v2/models/m/stats, MODEL_STATISTICS, m, ''",
        "/v2/models/stats, MODEL_STATISTICS, '', ''",
        "/v2/models/m/trace/setting, TRACE_SETTING, m, ''",
        "/v2/trace/setting, TRACE_SETTING, '', ''",
        "/v2/logging, LOGGING, '', ''",
        "/v2/espalier/ops, OP_LIBRARIES, '', ''",
        "/v2/espalier/models, MODEL_NOTES, '', ''",
        "/v2/espalier/models/m, MODEL_NOTES, m, ''",
        "/v2/espalier/models/ops, MODEL_NOTES, ops, ''",
        "/v2/espalier/models/m/ops, OP_LIBRARIES, m, ''",
        "/v2/repository/index, REPOSITORY_INDEX, '', ''",
        "/v2/repository/other/index, REPOSITORY_INDEX, '', ''",
        "/v2/repository/models/m/load, MODEL_LOAD, m, ''",
        "/v2/repository/models/m/unload, MODEL_UNLOAD, m, ''",
        "/v2/repository/r/models/m/unload, NAMED_REPOSITORY, m, ''",
        "/v2/systemsharedmemory/status, REGION_STATUS, '', ''",
        "/v2/systemsharedmemory/region/r%20s/status, REGION_STATUS, r s, ''",
        "/v2/systemsharedmemory/region/r/register, REGION_REGISTER, r, ''",
        "/v2/systemsharedmemory/unregister, REGION_UNREGISTER, '', ''",
        "/v2/systemsharedmemory/register, REGION_REGISTER, '', ''",
        "/v2/cudasharedmemory/region/r/register, GPU_REGION_REGISTER, r, ''",
        "/v2/cudasharedmemory/status, GPU_REGION_STATUS, '', ''",
        "/v2/models/a%20b%2Fc/infer, INFER, a b/c, ''",
        "/v2/models/a+b/infer, INFER, a+b, ''",
    })
    void namesAnOperationAndAModel(String path, Operation operation, String model, String version) {
        assertThat(Route.of(path)).isEqualTo(new Route(operation, model, version));
    }

    @Test
    void readsNamesInUtf8() {
        // The HTTP decoder makes a character of each byte.
        assertThat(Route.of("/v2/models/m\u00C3\u00A9").model()).isEqualTo("mé");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/v1",
                "/v2x",
                "/proxy/v2",
                "/a/b/v2/health/ready",
                "/v2/",
                "/v2/model",
                "/v2/models",
                "/v2/models/",
                "/v2/models//infer",
                "/v2/models/m/",
                "/v2/models/m/infers",
                "/v2/models/m/versions",
                "/v2/models/m/versions/",
                "/v2/models/m/versions/x/infer",
                "/v2/models/m/versions/-1",
                "/v2/models/m/infer/x",
                "/v2/models/m%zz/infer",
                "/v2/models/m%/infer",
                "/v2/espalier",
                "/v2/espalier/ops/x",
                "/v2/espalier/models/",
                "/v2/espalier/models//ops",
                "/v2/health",
                "/v2/health/well",
                "/v2/health/live/x",
                "/v2/repository",
                "/v2/repository/models/m",
                "/v2/repository/models//load",
                "/v2/repository/a/b/index",
                "/v2/systemsharedmemory",
                "/v2/systemsharedmemory/area/r/status",
                "/v2/systemsharedmemory/region//status",
                "/v2/systemsharedmemory/region/r",
                "/v2/models/m/versions/1/trace/setting",
            })
    void knowsNoOtherPaths(String path) {
        assertThat(Route.of(path)).isNull();
    }
}
