package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.tensor.Signature;
import java.lang.foreign.Arena;
import java.util.List;

/// A plan that TensorRT has loaded (`ICudaEngine`). Its instances share its weights.
final class TrtModel implements LoadedModel {
    private static final int MEMORY_FOR_ALL_PROFILES = 0;

    private final TrtApi api;
    private final Cuda cuda;
    private final long object;
    private final long engine;
    private final Arena names = Arena.ofShared();
    private final List<PlanTensor> inputs;
    private final List<PlanTensor> outputs;
    private final Profiles profiles;
    private final boolean recordsRuns;

    /// @param object that TensorRT gave, which is deleted with this model
    /// @param options of the model
    TrtModel(TrtApi api, Cuda cuda, long object, PlanOptions options) throws EngineException {
        this.api = api;
        this.cuda = cuda;
        this.object = object;
        recordsRuns = options.cudaGraphs();
        this.engine = TrtApi.worker(object);
        try {
            PlanReader reader = new PlanReader(api, engine, names);
            inputs = reader.tensors(true);
            outputs = reader.tensors(false);
            profiles = new Profiles(reader.profiles(inputs)).only(options.profiles());
        } catch (EngineException failure) {
            close();
            throw failure;
        }
    }

    TrtApi api() {
        return api;
    }

    Cuda cuda() {
        return cuda;
    }

    List<PlanTensor> inputs() {
        return inputs;
    }

    List<PlanTensor> outputs() {
        return outputs;
    }

    Profiles profiles() {
        return profiles;
    }

    /// Whether its instances make CUDA graphs of runs.
    boolean recordsRuns() {
        return recordsRuns;
    }

    @Override
    public Signature signature() {
        return new Signature(
                inputs.stream().map(PlanTensor::spec).toList(),
                outputs.stream().map(PlanTensor::spec).toList(),
                profiles.maxBatchSize());
    }

    @Override
    public ModelInstance newInstance() throws EngineException {
        cuda.enter();
        api.logger().forget();
        long context =
                NativeCall.call(
                        api.function(engine, Method.CREATE_CONTEXT),
                        engine,
                        MEMORY_FOR_ALL_PROFILES);
        if (context == 0) {
            throw new EngineException(
                    "no instance can be made: TensorRT says: %s; %s"
                            .formatted(api.logger().take(), cuda.left()));
        }
        try {
            return new TrtInstance(this, context);
        } catch (EngineException failure) {
            TrtApi.delete(context);
            throw failure;
        }
    }

    @Override
    public void close() {
        if (cuda.entered()) {
            TrtApi.delete(object);
        }
        names.close();
    }
}
