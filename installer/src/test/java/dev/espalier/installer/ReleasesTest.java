package dev.espalier.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.installer.products.TensorFlow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class ReleasesTest {
    private final Releases releases = new Releases(Products.ALL);

    @Test
    void areFoundByTensorFlowsVersion() throws Exception {
        assertThat(releases.find("tensorflow-2.16.2"))
                .isEqualTo(new Release(TensorFlow.PRODUCT, "2.16.2", List.of("1.0.0")));
        assertThat(releases.find("tensorflow-2.16.2").natives("amd64").getFirst())
                .hasToString("org.tensorflow:tensorflow-core-native:jar:linux-x86_64:1.0.0");
        assertThat(releases.find("tensorflow-2.16.2").natives("aarch64").getFirst())
                .hasToString("org.tensorflow:tensorflow-core-native:jar:linux-arm64:1.0.0");
    }

    @Test
    void areFoundByThePackagesVersionToo() throws Exception {
        assertThat(releases.find("tensorflow:1.3.0-SNAPSHOT"))
                .isEqualTo(new Release(TensorFlow.PRODUCT, "", List.of("1.3.0-SNAPSHOT")));
    }

    @Test
    void areFoundByTheBeginningOfTheirVersion() throws Exception {
        assertThat(releases.find("tensorrt-10.6").version()).isEqualTo("10.6.0");
        assertThat(releases.find("tensorrt-11").natives("amd64").getFirst())
                .hasToString("org.bytedeco:tensorrt:jar:linux-x86_64-redist:11.2-1.5.14");
    }

    @Test
    void areTheNewestWhereNoVersionIsNamed() throws Exception {
        assertThat(releases.find("tensorflow").version())
                .isEqualTo(releases.names().getFirst().substring("tensorflow-".length()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tensorflow-2.99.0",
                "tensorflow-",
                "tensorflow-2.1",
                "tensorrt-1",
                "tensorflow:",
                "tensorflow:../x",
                "onnxruntime-1.20.0",
                "pytorch-1.0",
                "",
            })
    void areNoOthers(String name) {
        assertThatThrownBy(() -> releases.find(name))
                .isInstanceOf(InstallException.class)
                .hasMessageStartingWith("engine '" + name + "' (expected: one of tensorflow-2.")
                .hasMessageContaining("tensorflow-2.16.2")
                .hasMessageContaining(
                        "tensorflow:<version of org.tensorflow:tensorflow-core-native> or tensorrt:<version of org.bytedeco:tensorrt> for another");
    }
}
