package dev.espalier.server.repository;

import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.workers.HostedModel;
import dev.espalier.server.workers.WorkerHost;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Asks a worker for the inputs and outputs of a model whose file only its engine can read: has it loaded
/// there with one instance, and lets it go.
final class SignatureQuestion implements HostedModel.Observer {
    private final CompletableFuture<Signature> answer = new CompletableFuture<>();

    private SignatureQuestion() {}

    /// What the worker says.
    ///
    /// @throws ServingException when it cannot load the model, and why
    static Signature ask(WorkerHost host, VersionDefinition definition, LaidVersion laid)
            throws ServingException, InterruptedException {
        SignatureQuestion question = new SignatureQuestion();
        HostedModel model =
                new HostedModel(
                        definition.config().getName(),
                        laid.modelFile(),
                        laid.libraries(),
                        PlanBuilder.parameters(definition.config()),
                        Signature.EMPTY,
                        PlanBuilder.settings(definition.number(), definition.config()),
                        1,
                        question);
        host.add(model);
        try {
            return question.answer.get();
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause();
            throw cause instanceof ServingException refusal
                    ? refusal
                    : new ServingException(ErrorCode.INTERNAL, String.valueOf(cause), failure);
        } finally {
            host.remove(model);
        }
    }

    /// The signature as a model's file would have told it.
    static ModelDescription description(Signature signature) {
        return new Told(
                signature.inputs().stream().map(SignatureQuestion::tensor).toList(),
                signature.outputs().stream().map(SignatureQuestion::tensor).toList());
    }

    private static ModelDescription.Tensor tensor(TensorSpec spec) {
        return new ModelDescription.Tensor(
                spec.name(), spec.type().name(), spec.type(), spec.dimensions());
    }

    private record Told(List<Tensor> inputs, List<Tensor> outputs) implements ModelDescription {
        @Override
        public OpNeeds needs() {
            return OpNeeds.NONE;
        }
    }

    @Override
    public void loaded(LinkedWorker worker, int firstLane, Signature signature) {
        answer.complete(signature);
    }

    @Override
    public void lost(LinkedWorker worker) {}

    @Override
    public void died(String death) {}

    @Override
    public void unserved(String reason) {
        failed(reason);
    }

    @Override
    public void failed(String reason) {
        answer.completeExceptionally(new ServingException(ErrorCode.UNAVAILABLE, reason));
    }

    @Override
    public void quarantined(String reason) {
        failed(reason);
    }
}
