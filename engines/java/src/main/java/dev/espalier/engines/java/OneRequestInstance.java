package dev.espalier.engines.java;

import dev.espalier.engine.Answer;
import dev.espalier.engine.Calls;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An instance of a model that neither batches nor is decoupled: each execution is one request with one answer, for which
/// server and worker need the fewest words.
record OneRequestInstance(JavaInstance instance) implements ModelInstance {
    @Override
    public void run(Execution execution) throws EngineException {
        Whole whole = new Whole(execution);
        instance.begin(List.of(whole));
        EngineException failure = whole.failure;
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        instance.close();
    }

    /// An execution as its only request, and that one's only answer. Whoever begins it sees to it that there is one.
    private static final class Whole implements Request, Answer {
        private final Execution execution;
        private volatile @Nullable EngineException failure;

        Whole(Execution execution) {
            this.execution = execution;
        }

        @Override
        public Execution.Tensors inputs() {
            return execution.inputs();
        }

        @Override
        public boolean isRequested(int index) {
            return execution.isRequested(index);
        }

        @Override
        public Answer answer() {
            return this;
        }

        @Override
        public void finish() {
            throw new IllegalStateException(
                    "a request of a model that is not decoupled ended without an answer");
        }

        @Override
        public void fail(EngineException reason) {
            failure = reason;
        }

        @Override
        public boolean isCancelled() {
            return execution.isCancelled();
        }

        @Override
        public Calls calls() {
            return execution.calls();
        }

        @Override
        public long reserve(long byteSize) throws EngineException {
            return execution.reserve(byteSize);
        }

        @Override
        public Execution.Tensors outputs() {
            return execution.outputs();
        }

        @Override
        public boolean send() {
            throw new IllegalStateException("a model that is not decoupled answers once");
        }

        @Override
        public void sendLast() {
            // What has been set is the answer.
        }

        @Override
        public void abandon() {
            // Nothing is taken of an execution that has failed.
        }
    }
}
