package dev.espalier.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineKind;
import dev.espalier.engines.tensorflow.TensorFlow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class WorkerEnginesTest {
    @Test
    void findsAnEngineByItsName() throws Exception {
        WorkerEngines all = WorkerEngines.ofTheDistribution();
        for (EngineKind kind : all.all()) {
            assertThat(all.named(kind.name())).isSameAs(kind);
        }
    }

    @Test
    void saysWhichThereAre() {
        assertThatThrownBy(() -> WorkerEngines.ofTheDistribution().named("x"))
                .hasMessage(
                        "engine: x (expected: onnxruntime, tensorflow, tensorrt, pytorch or java)");
        assertThatThrownBy(() -> new WorkerEngines(List.of(new TensorFlow())).named("x"))
                .hasMessage("engine: x (expected: tensorflow)");
    }
}
