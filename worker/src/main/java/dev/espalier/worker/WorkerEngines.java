package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineKind;
import dev.espalier.engines.java.JavaModels;
import dev.espalier.engines.onnxruntime.OnnxRuntime;
import dev.espalier.engines.pytorch.PyTorch;
import dev.espalier.engines.tensorflow.TensorFlow;
import dev.espalier.engines.tensorrt.TensorRt;
import java.util.List;

/// The engines that a worker can host. The one place where they are listed: a new one is a module in `engines` and
/// a line here.
public record WorkerEngines(List<EngineKind> all) {
    public WorkerEngines {
        all = List.copyOf(all);
    }

    /// Those of the distribution. A program that hosts fewer has no classes of the others.
    static WorkerEngines ofTheDistribution() {
        return new WorkerEngines(
                List.of(
                        new OnnxRuntime(),
                        new TensorFlow(),
                        new TensorRt(),
                        new PyTorch(),
                        new JavaModels()));
    }

    /// @throws EngineException when there is none of that name
    EngineKind named(String name) throws EngineException {
        for (EngineKind kind : all) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw new EngineException("engine: " + name + " (expected: " + names() + ")");
    }

    private String names() {
        List<String> names = all.stream().map(EngineKind::name).toList();
        return names.size() < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    }
}
