package dev.espalier.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PlanOptionsTest {
    @Test
    void takesAllProfilesAndNoGraphsWhereNothingIsSaid() throws EngineException {
        PlanOptions options = PlanOptions.of(Map.of());

        assertThat(options.profiles()).isEmpty();
        assertThat(options.cudaGraphs()).isFalse();
    }

    @Test
    void readsWhatIsSaid() throws EngineException {
        PlanOptions options = PlanOptions.of(Map.of("profile", "0, 2", "cuda_graphs", "true"));

        assertThat(options.profiles()).containsExactly(0, 2);
        assertThat(options.cudaGraphs()).isTrue();
    }

    @Test
    void refusesWhatIsNoValue() {
        assertThatThrownBy(() -> PlanOptions.of(Map.of("profile", "first")))
                .hasMessageContaining("profile: 'first'");
        assertThatThrownBy(() -> PlanOptions.of(Map.of("cuda_graphs", "1")))
                .hasMessage("cuda_graphs: '1' (expected: true or false)");
    }
}
