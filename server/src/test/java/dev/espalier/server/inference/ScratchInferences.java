package dev.espalier.server.inference;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Inferences without loops and workers: each request is checked like a real one, gets memory of its own,
/// and is answered with its inputs as soon as it is submitted.
public final class ScratchInferences implements Inferences {
    private static final long MOST = 1 << 20;

    private final ServedModels models;
    private int open;

    public ScratchInferences(ServedModels models) {
        this.models = models;
    }

    /// How many requests hold their places.
    public int open() {
        return open;
    }

    @Override
    public Inference open(InferenceRequest request, Responder responder) throws ServingException {
        ServedModel model = models.serving(request.modelName(), request.modelVersion());
        RequestValidator.Validated validated = RequestValidator.validate(request, model.plan());
        List<ByteBuffer> inputs = new ArrayList<>();
        for (InferenceRequest.Input input : request.inputs()) {
            if (input.byteSize() > MOST) {
                throw new ServingException(ErrorCode.UNAVAILABLE, "no room for the request");
            }
            inputs.add(ByteBuffer.allocateDirect((int) input.byteSize()));
        }
        open++;
        return new Scratch(request, model, validated.outputs(), inputs, responder);
    }

    private final class Scratch implements Inference {
        private final InferenceRequest request;
        private final ServedModel model;
        private final List<ModelPlan.Tensor> wanted;
        private final List<ByteBuffer> inputs;
        private final Responder responder;
        private boolean done;

        Scratch(
                InferenceRequest request,
                ServedModel model,
                List<ModelPlan.Tensor> wanted,
                List<ByteBuffer> inputs,
                Responder responder) {
            this.request = request;
            this.model = model;
            this.wanted = wanted;
            this.inputs = inputs;
            this.responder = responder;
        }

        @Override
        public ByteBuffer input(int index) {
            if (done) {
                throw new IllegalStateException("the request has been given up or answered");
            }
            return inputs.get(index).duplicate();
        }

        @Override
        public void reserve(int index, long bytes) {
            // It is there.
        }

        @Override
        public boolean isDecoupled() {
            return model.plan().decoupled();
        }

        @Override
        public void submit() {
            if (done) {
                throw new IllegalStateException("a request is submitted once");
            }
            done();
            try {
                checkStrings();
            } catch (ServingException failure) {
                responder.failed(failure);
                return;
            }
            responder.completed(new Echo(model, request.id(), outputs()));
        }

        private void checkStrings() throws ServingException {
            for (int i = 0; i < inputs.size(); i++) {
                InferenceRequest.Input input = request.inputs().get(i);
                if (input.datatype().equals("BYTES")) {
                    long expected = Shape.elementCount(input.shape());
                    StringCheck.check(inputs.get(i), expected, request, input.name());
                }
            }
        }

        private List<InferenceResult.Output> outputs() {
            List<InferenceResult.Output> outputs = new ArrayList<>();
            for (ModelPlan.Tensor output : wanted) {
                for (int i = 0; i < inputs.size(); i++) {
                    InferenceRequest.Input input = request.inputs().get(i);
                    if (input.name().equals(output.name())) {
                        outputs.add(
                                new InferenceResult.Output(
                                        output.name(),
                                        DataType.valueOf(input.datatype()),
                                        input.shape(),
                                        inputs.get(i).duplicate().asReadOnlyBuffer()));
                    }
                }
            }
            return outputs;
        }

        @Override
        public void cancel() {
            if (!done) {
                done();
            }
        }

        @Override
        public void refuse(ServingException reason) {
            cancel();
        }

        private void done() {
            done = true;
            open--;
        }
    }

    private record Echo(ServedModel model, String id, List<Output> outputs)
            implements InferenceResult {
        @Override
        public String modelName() {
            return model.name();
        }

        @Override
        public String modelVersion() {
            return model.version();
        }

        @Override
        public void release() {}
    }
}
