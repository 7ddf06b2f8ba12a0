package dev.espalier.sdk.test;

import dev.espalier.engine.Answer;
import dev.espalier.engine.Calls;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.Request;
import dev.espalier.engines.java.ForTests;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.Signature;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A request to a model, in memory of its own, and what becomes of it.
final class AskedRequest implements Request {
    private final Signature signature;
    private final Arena arena = Arena.ofShared();
    private final Execution.Tensors inputs;
    private final List<Map<String, Tensor>> answers = new ArrayList<>();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private volatile boolean cancelled;

    /// @throws IllegalArgumentException when the model takes other inputs
    AskedRequest(Signature signature, List<Input> given) {
        this.signature = signature;
        this.inputs = new Execution.Tensors(signature.inputs().size());
        List<Input> ordered = GivenInputs.inOrder(signature, given);
        for (int index = 0; index < ordered.size(); index++) {
            put(index, ordered.get(index));
        }
    }

    private void put(int index, Input input) {
        byte[] content = input.content();
        MemorySegment memory = arena.allocate(Math.max(1, content.length), 64);
        memory.asSlice(0, content.length).copyFrom(MemorySegment.ofArray(content));
        long[] shape = input.shape();
        inputs.set(index, input.type().code(), memory.address(), content.length, shape.length);
        for (int axis = 0; axis < shape.length; axis++) {
            inputs.dimension(index, axis, shape[axis]);
        }
    }

    CompletableFuture<Reply> reply() {
        return reply;
    }

    void cancel() {
        cancelled = true;
    }

    @Override
    public Execution.Tensors inputs() {
        return inputs;
    }

    @Override
    public boolean isRequested(int index) {
        return true;
    }

    @Override
    public Answer answer() {
        return new Written();
    }

    @Override
    public void finish() {
        end(Optional.empty());
    }

    @Override
    public void fail(EngineException failure) {
        end(Optional.of(String.valueOf(failure.getMessage())));
    }

    @Override
    public boolean isCancelled() {
        return cancelled || reply.isDone();
    }

    @Override
    public Calls calls() {
        return Calls.NONE;
    }

    private void end(Optional<String> failure) {
        synchronized (this) {
            if (reply.isDone()) {
                throw new IllegalStateException("the request has had its last word");
            }
            reply.complete(new Reply(answers, failure));
        }
        arena.close();
    }

    /// An answer, which is copied when it is sent: nothing of the request's memory remains.
    private final class Written implements Answer {
        private final Execution.Tensors outputs = new Execution.Tensors(signature.outputs().size());

        @Override
        public long reserve(long byteSize) {
            return arena.allocate(byteSize, 64).address();
        }

        @Override
        public Execution.Tensors outputs() {
            return outputs;
        }

        @Override
        public boolean send() {
            if (cancelled) {
                return false;
            }
            Map<String, Tensor> copies = new HashMap<>();
            for (int index = 0; index < outputs.count(); index++) {
                if (outputs.isPresent(index)) {
                    String name = signature.outputs().get(index).name();
                    copies.put(name, ForTests.copy(name, outputs, index));
                }
            }
            synchronized (AskedRequest.this) {
                answers.add(copies);
            }
            return true;
        }

        @Override
        public void sendLast() {
            boolean _ = send();
            end(Optional.empty());
        }

        @Override
        public void abandon() {
            // Its memory goes with the request's.
        }
    }
}
