package dev.espalier.engines.pytorch;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// One thread's runs of a module.
final class ScriptInstance implements ModelInstance {
    private final ScriptModel model;
    private final InputValues inputs;
    private final OutputWriter outputs;

    /// By argument, its input; -1 where it has none.
    private final int[] inputAt;

    private boolean prepared;
    private @Nullable InferenceMode inferenceMode;

    ScriptInstance(ScriptModel model) {
        this.model = model;
        this.inputs = new InputValues(model);
        this.outputs = new OutputWriter(model);
        this.inputAt = new int[model.parameters().size()];
        Arrays.fill(inputAt, -1);
        for (int i = 0; i < model.inputPlaces().length; i++) {
            inputAt[model.inputPlaces()[i]] = i;
        }
    }

    @Override
    public void run(Execution execution) throws EngineException {
        prepareThread();
        try (PointerScope _ = new PointerScope()) {
            IValueVector arguments = new IValueVector(inputAt.length);
            for (int place = 0; place < inputAt.length; place++) {
                arguments.put(place, argument(place, execution.inputs()));
            }
            outputs.write(model.forward().apply(arguments), execution);
        } catch (RuntimeException failure) {
            throw new EngineException(TorchError.text(failure), failure);
        }
    }

    private IValue argument(int place, Execution.Tensors given) throws EngineException {
        int input = inputAt[place];
        if (input >= 0 && given.isPresent(input)) {
            return inputs.value(given, input);
        }
        IValue byDefault = model.parameters().get(place).byDefault();
        if (byDefault == null) {
            throw new EngineException(
                    "argument '%s' of forward is not given"
                            .formatted(model.parameters().get(place).name()));
        }
        return byDefault;
    }

    /// What counts for a thread is set on it, before its first run.
    private void prepareThread() {
        if (prepared) {
            return;
        }
        // PyTorch gives a thread its number of threads when that is first asked for: ours counts
        // after that.
        int _ = torch.get_num_threads();
        torch.set_num_threads(model.threads());
        torch.setGraphExecutorOptimize(model.options().optimized());
        if (model.options().inferenceMode()) {
            inferenceMode = new InferenceMode(true);
        }
        prepared = true;
    }

    @Override
    public void close() {
        if (inferenceMode != null) {
            inferenceMode.close();
        }
        inputs.close();
    }
}
