package dev.espalier.server.inference;

import dev.espalier.server.execution.Answer;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.tensor.ByteStrings;
import dev.espalier.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request's rows of an execution's outputs, where the worker wrote them.
final class ResultSlice implements InferenceResult {
    /// The rows of an answer that is the request's own: as many as the model gives.
    static final int OWN = -1;

    /// Fewer bytes are there only for a moment.
    private static final long COUNTED_FROM = 64 << 10;

    private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(0).asReadOnlyBuffer();

    private final InferenceRequest request;
    private final ServedModel model;
    private final RequestValidator.Validated validated;

    /// What the outputs are, one for one.
    private final List<ModelPlan.Tensor> tensors;

    private final Answer answer;
    private final List<Output> outputs;
    private @Nullable BudgetShare countedIn;
    private long counted;

    private ResultSlice(
            InferenceRequest request,
            ServedModel model,
            RequestValidator.Validated validated,
            List<ModelPlan.Tensor> tensors,
            Answer answer,
            List<Output> outputs) {
        this.request = request;
        this.model = model;
        this.validated = validated;
        this.tensors = tensors;
        this.answer = answer;
        this.outputs = outputs;
    }

    /// The request's rows from `row` on, of `batchRows` altogether. Of an answer of its [#OWN] it is all, which need not
    /// have every output.
    ///
    /// @throws ServingException INTERNAL when the outputs are not what the model promises
    static ResultSlice of(
            InferenceRequest request,
            ServedModel model,
            RequestValidator.Validated validated,
            ExecutionOutcome.Done outcome,
            int batchRows,
            int row)
            throws ServingException {
        int rows = validated.placement().rows();
        List<ModelPlan.Tensor> tensors =
                batchRows == OWN ? given(validated, outcome) : validated.outputs();
        List<Output> outputs = new ArrayList<>(tensors.size());
        for (ModelPlan.Tensor tensor : tensors) {
            ExecutionOutcome.Output whole = find(outcome, tensor, model.name());
            checkType(whole, tensor, model.name());
            long[] shape = whole.shape();
            ByteBuffer data = bytes(whole.data());
            if (validated.placement().batched()) {
                if (shape.length == 0 || batchRows != OWN && shape[0] != batchRows) {
                    throw new ServingException(
                            ErrorCode.INTERNAL,
                            "output '%s' of model '%s' has shape %s for a batch of %d (expected: the batch size first)"
                                    .formatted(
                                            tensor.name(),
                                            model.name(),
                                            Shape.text(shape),
                                            batchRows == OWN ? rows : batchRows));
                }
                if (batchRows != OWN) {
                    data = rows(data, whole, batchRows, row, rows, tensor.name());
                    shape = shape.clone();
                    shape[0] = rows;
                }
                shape = Reshaping.apply(shape, 1, tensor.engineDims(), tensor.dims());
            } else {
                shape = Reshaping.apply(shape, 0, tensor.engineDims(), tensor.dims());
            }
            outputs.add(new Output(tensor.name(), whole.type(), shape, data));
        }
        return new ResultSlice(request, model, validated, tensors, outcome.answer(), outputs);
    }

    @Override
    public long rankingWork() {
        long work = 0;
        for (int i = 0; i < outputs.size(); i++) {
            int classes = classes(request, tensors.get(i));
            if (classes > 0) {
                work += Classification.work(outputs.get(i), batched(), classes);
            }
        }
        return work;
    }

    @Override
    public InferenceResult ranked(BudgetShare heap) throws ServingException {
        List<Output> ranked = new ArrayList<>(outputs);
        boolean any = false;
        for (int i = 0; i < outputs.size(); i++) {
            ModelPlan.Tensor tensor = tensors.get(i);
            int classes = classes(request, tensor);
            if (classes > 0) {
                any = true;
                count(heap, Classification.size(outputs.get(i), batched(), classes));
                ranked.set(
                        i,
                        Classification.highest(
                                outputs.get(i), batched(), classes, tensor.labels()));
            }
        }
        return any ? new ResultSlice(request, model, validated, tensors, answer, ranked) : this;
    }

    private void count(BudgetShare heap, long bytes) throws ServingException {
        if (bytes >= COUNTED_FROM) {
            heap.take(bytes);
            countedIn = heap;
            counted += bytes;
        }
    }

    private boolean batched() {
        return validated.placement().batched();
    }

    /// How many classes of the output the request wants instead of its values; 0 for the values.
    private static int classes(InferenceRequest request, ModelPlan.Tensor tensor) {
        for (InferenceRequest.RequestedOutput requested : request.outputs()) {
            if (requested.classificationCount() > 0 && requested.name().equals(tensor.name())) {
                return requested.classificationCount();
            }
        }
        return 0;
    }

    private static void checkType(
            ExecutionOutcome.Output output, ModelPlan.Tensor tensor, String model)
            throws ServingException {
        if (output.type() != tensor.type()) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "output '%s' of model '%s' has type %s (expected: %s, from its configuration)"
                            .formatted(tensor.name(), model, output.type(), tensor.type()));
        }
    }

    private static ExecutionOutcome.Output find(
            ExecutionOutcome.Done outcome, ModelPlan.Tensor tensor, String model)
            throws ServingException {
        for (ExecutionOutcome.Output output : outcome.outputs()) {
            if (output.index() == tensor.engineIndex()) {
                return output;
            }
        }
        throw new ServingException(
                ErrorCode.INTERNAL,
                "model '%s' gave no output '%s'".formatted(model, tensor.name()));
    }

    /// The wanted outputs that there are.
    private static List<ModelPlan.Tensor> given(
            RequestValidator.Validated validated, ExecutionOutcome.Done answer) {
        return validated.outputs().stream()
                .filter(tensor ->
                        answer.outputs().stream()
                                .anyMatch(output -> output.index() == tensor.engineIndex()))
                .toList();
    }

    private static ByteBuffer bytes(MemorySegment data) {
        return data.byteSize() == 0 ? EMPTY.duplicate() : data.asByteBuffer();
    }

    private static ByteBuffer rows(
            ByteBuffer data,
            ExecutionOutcome.Output whole,
            int batchRows,
            int row,
            int rows,
            String name)
            throws ServingException {
        if (rows == batchRows) {
            return data;
        }
        if (whole.type().isFixedSize()) {
            int rowSize = data.remaining() / batchRows;
            return data.slice(row * rowSize, rows * rowSize);
        }
        long elementsPerRow = Shape.elementCount(whole.shape()) / batchRows;
        int begin = ByteStrings.lengthOf(data, row * elementsPerRow);
        int length =
                begin < 0
                        ? -1
                        : ByteStrings.lengthOf(
                                data.slice(begin, data.remaining() - begin), rows * elementsPerRow);
        if (length < 0) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "output '%s' holds fewer strings than its shape %s says"
                            .formatted(name, Shape.text(whole.shape())));
        }
        return data.slice(begin, length);
    }

    @Override
    public String modelName() {
        return model.name();
    }

    @Override
    public String modelVersion() {
        return model.version();
    }

    @Override
    public String id() {
        return request.id();
    }

    @Override
    public List<Output> outputs() {
        return outputs;
    }

    @Override
    public void release() {
        if (countedIn != null) {
            countedIn.give(counted);
        }
        answer.release();
    }
}
