package dev.espalier.engines.pytorch;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.ModelSource;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Method;
import org.bytedeco.pytorch.global.torch;

/// A TorchScript module, which all instances of a model share: libtorch runs it on several threads at once.
final class ScriptModel implements LoadedModel {
    private final JitModule module;
    private final Method forward;
    private final List<Parameter> parameters;
    private final List<Parameter.Kind> kinds;
    private final Signature signature;
    private final int[] inputPlaces;
    private final int[] outputPlaces;
    private final ModelOptions options;
    private final boolean copiesInputs;
    private final AtomicInteger instances = new AtomicInteger();

    private ScriptModel(
            JitModule module, Method forward, List<Parameter> parameters, ModelSource source)
            throws EngineException {
        this.parameters = parameters;
        this.signature = source.declared();
        this.options = ModelOptions.of(source.parameters());
        this.inputPlaces = TensorPlaces.inputs(signature.inputs(), parameters);
        this.outputPlaces = TensorPlaces.outputs(signature.outputs());
        this.kinds = new ArrayList<>();
        for (int i = 0; i < inputPlaces.length; i++) {
            kinds.add(parameters.get(inputPlaces[i]).kind(signature.inputs().get(i)));
        }
        this.copiesInputs = InputUse.needsCopies(module);
        this.module = module.retainReference();
        this.forward = forward.retainReference();
    }

    /// Loads a file of `torch.jit.save`.
    static ScriptModel load(ModelSource source) throws EngineException {
        try (PointerScope _ = new PointerScope()) {
            JitModule module = module(source);
            try {
                module.eval();
                Method forward = module.get_method("forward");
                FunctionSchema schema = forward.function().getSchema();
                List<Parameter> parameters = Parameter.of(schema);
                Signature declared = source.declared();
                if (declared.outputs().isEmpty()
                        || (declared.inputs().isEmpty() && !parameters.isEmpty())) {
                    throw undeclared(source, parameters);
                }
                ScriptModel model = new ScriptModel(module, forward, parameters, source);
                InterOpThreads.set(model.options.interOpThreads());
                return model;
            } catch (RuntimeException failure) {
                throw new EngineException(
                        "loading %s: %s".formatted(describe(source), TorchError.text(failure)),
                        failure);
            }
        }
    }

    private static JitModule module(ModelSource source) throws EngineException {
        try {
            // A model may have been saved from a GPU.
            return torch.load(
                    source.file().toString(), new DeviceOptional(new Device("cpu")), false);
        } catch (RuntimeException failure) {
            throw new EngineException(
                    "loading %s: %s".formatted(describe(source), TorchError.text(failure)),
                    failure);
        }
    }

    /// TorchScript knows names, and neither types nor shapes.
    private static EngineException undeclared(ModelSource source, List<Parameter> parameters) {
        String inputs =
                parameters.stream()
                        .map(parameter ->
                                "{ name: \"%s\" data_type: %s dims: [ -1 ] }"
                                        .formatted(
                                                parameter.name(),
                                                parameter.type().contains("str")
                                                        ? "TYPE_STRING"
                                                        : "TYPE_FP32"))
                        .collect(Collectors.joining(", "));
        return new EngineException(
                "%s does not tell the types and shapes of its inputs and outputs (expected: a config.pbtxt that does); write one like this, with yours: platform: \"pytorch_libtorch\" input [ %s ] output [ { name: \"OUTPUT__0\" data_type: TYPE_FP32 dims: [ -1 ] } ]"
                        .formatted(source.file().getFileName(), inputs));
    }

    /// A model for messages: its file, and the op libraries that it is loaded with.
    private static String describe(ModelSource source) {
        String libraries =
                source.opLibraries().stream()
                        .map(library -> String.valueOf(library.getFileName()))
                        .collect(Collectors.joining(", "));
        return source.file().getFileName()
                + " with "
                + (libraries.isEmpty() ? "no op library" : libraries);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public ModelInstance newInstance() {
        instances.incrementAndGet();
        return new ScriptInstance(this);
    }

    @Override
    public void close() {
        forward.close();
        module.close();
    }

    Method forward() {
        return forward;
    }

    /// What `forward` takes.
    List<Parameter> parameters() {
        return parameters;
    }

    /// By input, what it becomes.
    List<Parameter.Kind> kinds() {
        return kinds;
    }

    /// By input, the index of its argument.
    int[] inputPlaces() {
        return inputPlaces;
    }

    /// By output, the index of its result.
    int[] outputPlaces() {
        return outputPlaces;
    }

    TensorSpec output(int index) {
        return signature.outputs().get(index);
    }

    ModelOptions options() {
        return options;
    }

    boolean copiesInputs() {
        return copiesInputs;
    }

    /// How many threads an op of one instance may use: where the model does not say, all instances together have as
    /// many as the machine has cores.
    int threads() {
        return options.intraOpThreads() > 0
                ? options.intraOpThreads()
                : Math.max(1, Runtime.getRuntime().availableProcessors() / instances.get());
    }
}
