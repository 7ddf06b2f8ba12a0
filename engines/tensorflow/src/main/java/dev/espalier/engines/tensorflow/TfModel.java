package dev.espalier.engines.tensorflow;

import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.tensor.Signature;
import java.util.List;

/// A session, which all instances of a model share: TensorFlow runs it on several threads at once.
final class TfModel implements LoadedModel {
    private final TfApi api;
    private final TfGraph graph;
    private final long session;
    private final List<TfTensor> inputs;
    private final List<TfTensor> outputs;
    private final boolean keepsInputs;

    /// Takes over graph and session.
    ///
    /// @param keepsInputs whether an input may have to live longer than the run that it is for
    TfModel(
            TfApi api,
            TfGraph graph,
            long session,
            List<TfTensor> inputs,
            List<TfTensor> outputs,
            boolean keepsInputs) {
        this.api = api;
        this.graph = graph;
        this.session = session;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.keepsInputs = keepsInputs;
    }

    @Override
    public Signature signature() {
        return new Signature(
                inputs.stream().map(TfTensor::spec).toList(),
                outputs.stream().map(TfTensor::spec).toList());
    }

    @Override
    public ModelInstance newInstance() {
        return new TfInstance(this);
    }

    TfApi api() {
        return api;
    }

    long session() {
        return session;
    }

    List<TfTensor> inputs() {
        return inputs;
    }

    List<TfTensor> outputs() {
        return outputs;
    }

    boolean keepsInputs() {
        return keepsInputs;
    }

    @Override
    public void close() {
        release(api, session, graph);
    }

    /// @param session 0 for none
    static void release(TfApi api, long session, TfGraph graph) {
        if (session != 0) {
            // How closing fares is of no use to anybody: the session is deleted in any case.
            try (Status status = new Status(api)) {
                long _ = api.call(TfFunction.CLOSE_SESSION, session, status.address());
                long _ = api.call(TfFunction.DELETE_SESSION, session, status.address());
            }
        }
        graph.close();
    }
}
