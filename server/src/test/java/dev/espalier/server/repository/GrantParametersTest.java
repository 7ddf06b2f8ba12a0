package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelParameter;
import dev.espalier.server.config.Grants;
import dev.espalier.server.config.Place;
import dev.espalier.server.failure.ServingException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class GrantParametersTest {
    private static ModelConfig.Builder model(String name, String value) {
        return ModelConfig.newBuilder()
                .setName("ocr")
                .putParameters(name, ModelParameter.newBuilder().setStringValue(value).build());
    }

    @Test
    void aModelThatSaysNothingAsksForNothing() throws Exception {
        assertThat(GrantParameters.asked(ModelConfig.getDefaultInstance())).isEqualTo(Grants.NONE);
    }

    @Test
    void asksForPathsAndTheNetwork() throws Exception {
        ModelConfig config =
                model("worker_read", "/data/words:/data/../lexicon:")
                        .mergeFrom(model("worker_write", "/cache").build())
                        .mergeFrom(model("worker_network", "true").build())
                        .build();
        assertThat(GrantParameters.asked(config))
                .isEqualTo(
                        new Grants(
                                List.of(
                                        Place.of(Path.of("/data/words")),
                                        Place.of(Path.of("/lexicon"))),
                                List.of(Place.of(Path.of("/cache"))),
                                true));
    }

    @ParameterizedTest
    @CsvSource({"worker_read,words", "worker_read,/", "worker_write,/a:b", "worker_network,yes"})
    void namesAValueThatItCannotHave(String name, String value) {
        assertThatThrownBy(() -> GrantParameters.asked(model(name, value).build()))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("model 'ocr', parameter '" + name + "'");
    }
}
