package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.EngineList;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which engine a model is for, by its configuration and its files.
@Timeout(20)
final class EngineChoiceTest {
    @TempDir private Path folder;

    private ModelFormat format(String backend, String platform, String fileName)
            throws ServingException {
        return EngineChoice.format(
                EngineList.ALL.formats(),
                ModelConfig.newBuilder()
                        .setName("m")
                        .setBackend(backend)
                        .setPlatform(platform)
                        .setDefaultModelFilename(fileName)
                        .build(),
                folder);
    }

    private void put(String file) throws IOException {
        Files.createDirectories(folder.resolve("1").resolve(file));
    }

    @ParameterizedTest
    @CsvSource({
        "onnxruntime,            '',                    '',             onnxruntime_onnx",
        "'',                     onnxruntime_onnx,      '',             onnxruntime_onnx",
        "'',                     tensorflow_savedmodel, '',             tensorflow_savedmodel",
        "'',                     tensorflow_graphdef,   '',             tensorflow_graphdef",
        "tensorflow,             tensorflow_graphdef,   frozen.pb,      tensorflow_graphdef",
        "tensorflow,             '',                    '',             tensorflow_savedmodel",
        "tensorflow,             '',                    frozen.graphdef, tensorflow_graphdef",
        "'',                     '',                    my.savedmodel,  tensorflow_savedmodel",
        "tensorrt,               '',                    '',             tensorrt_plan",
        "'',                     tensorrt_plan,         '',             tensorrt_plan",
        "'',                     '',                    a.plan,         tensorrt_plan",
        "'',                     '',                    other,          onnxruntime_onnx",
    })
    void takesWhatTheConfigurationSays(
            String backend, String platform, String fileName, String expected) throws Exception {
        assertThat(format(backend, platform, fileName).platform()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "model.onnx, onnxruntime_onnx",
        "model.savedmodel, tensorflow_savedmodel",
        "model.graphdef, tensorflow_graphdef",
        "model.plan, tensorrt_plan"
    })
    void tellsTheFormatFromTheFilesName(String file, String expected) throws Exception {
        put(file);
        assertThat(format("", "", "").platform()).isEqualTo(expected);
    }

    @Test
    void tellsTheFormatAmongThoseOfTheBackend() throws Exception {
        put("model.onnx");
        put("model.graphdef");
        assertThat(format("tensorflow", "", "").platform()).isEqualTo("tensorflow_graphdef");
    }

    @Test
    void namesWhatThisServerHas() {
        assertThatThrownBy(() -> format("openvino", "", ""))
                .hasMessage(
                        "unable to find backend library for backend 'openvino' of m (this server has: onnxruntime, tensorflow, pytorch, tensorrt, java)");
        assertThatThrownBy(() -> format("tensorflow", "onnxruntime_onnx", ""))
                .hasMessage(
                        "unexpected platform type 'onnxruntime_onnx' for m (this server has: tensorflow_savedmodel, tensorflow_graphdef)");
        assertThatThrownBy(() -> format("", "", ""))
                .hasMessageStartingWith(
                        "Could not determine backend for model 'm' with no backend in model configuration (expected: a file ")
                .hasMessageEndingWith(
                        "/<version>/model.onnx or model.savedmodel or model.graphdef or model.pt or model.plan or model.jar, or a backend: onnxruntime, tensorflow, pytorch, tensorrt, java)");
    }
}
