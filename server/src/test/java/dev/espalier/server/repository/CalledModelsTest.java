package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelParameter;
import dev.espalier.server.failure.ServingException;
import java.util.Map;
import java.util.Set;
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

    @Test
    void doNotLeadBack() {
        Map<String, Set<String>> known =
                Map.of("a", Set.of("b"), "b", Set.of("c", "d"), "c", Set.of("d"), "d", Set.of("m"));
        assertThatThrownBy(() ->
                        CalledModels.checkCircle(
                                config("a"), name -> known.getOrDefault(name, Set.of())))
                .hasMessageEndingWith(
                        "(expected: no circle, which is here: m calls a calls b calls %s)"
                                .formatted(
                                        known.get("b").iterator().next().equals("c")
                                                ? "c calls d calls m"
                                                : "d calls m"));
        assertThatThrownBy(() -> CalledModels.checkCircle(config("x, m"), _ -> Set.of()))
                .hasMessageContaining("m calls m");
    }

    /// Others may go round as long as this one is not among them: that has been told to them.
    @Test
    void mayBeManyAndCallEachOther() {
        assertThatCode(() ->
                        CalledModels.checkCircle(
                                config("a"),
                                name -> name.equals("a") ? Set.of("b") : Set.of("a", "b")))
                .doesNotThrowAnyException();
    }
}
