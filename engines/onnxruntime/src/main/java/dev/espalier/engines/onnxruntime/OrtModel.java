package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.tensor.Signature;
import java.lang.foreign.Arena;
import java.util.List;

/// A session, which all instances of a model share: ONNX Runtime runs it on several threads at once.
final class OrtModel implements LoadedModel {
    private final OrtApi api;
    private final long session;
    private final OpDomains ops;
    private final long memoryInfo;
    private final long allocator;
    private final Arena names = Arena.ofShared();
    private final List<OrtTensor> inputs;
    private final List<OrtTensor> outputs;
    private final ShapePrediction prediction;

    /// Takes over the session and its ops.
    OrtModel(OrtApi api, long session, OpDomains ops, long memoryInfo, long allocator)
            throws EngineException {
        this.api = api;
        this.session = session;
        this.ops = ops;
        this.memoryInfo = memoryInfo;
        this.allocator = allocator;
        SignatureReader reader = new SignatureReader(api, session, allocator);
        inputs = reader.inputs(names);
        outputs = reader.outputs(names);
        prediction = new ShapePrediction(inputs, outputs);
    }

    @Override
    public Signature signature() {
        return new Signature(
                inputs.stream().map(OrtTensor::spec).toList(),
                outputs.stream().map(OrtTensor::spec).toList());
    }

    @Override
    public ModelInstance newInstance() {
        return new OrtInstance(this);
    }

    OrtApi api() {
        return api;
    }

    long session() {
        return session;
    }

    /// Describes memory that is not ONNX Runtime's.
    long memoryInfo() {
        return memoryInfo;
    }

    long allocator() {
        return allocator;
    }

    List<OrtTensor> inputs() {
        return inputs;
    }

    List<OrtTensor> outputs() {
        return outputs;
    }

    ShapePrediction prediction() {
        return prediction;
    }

    @Override
    public void close() {
        api.release(OrtFunction.RELEASE_SESSION, session);
        ops.close();
        names.close();
    }
}
