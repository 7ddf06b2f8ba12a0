package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelParameter;
import dev.espalier.server.failure.ServingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
final class CalledModelsTest {
    private static ModelConfig config(String calls) {
        return ModelConfig.newBuilder()
                .setName("m")
                .putParameters("calls", ModelParameter.newBuilder().setStringValue(calls).build())
                .build();
    }

    @Test
    void areNamedWithCommasBetween() throws Exception {
        assertThat(CalledModels.of(config(" b, a,b "))).containsExactly("a", "b");
        assertThat(CalledModels.of(config(" "))).isEmpty();
        assertThat(CalledModels.of(ModelConfig.getDefaultInstance())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,", ",a", "a,,b", "../a", ".a"})
    void haveNamesThatModelsCanHave(String calls) {
        assertThatThrownBy(() -> CalledModels.of(config(calls)))
                .isInstanceOf(ServingException.class)
                .hasMessage(
                        "model 'm', parameter 'calls': '%s' (expected: names of models with ',' between)"
                                .formatted(calls));
    }
}
