package dev.espalier.engines.java;

import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineLostError;
import dev.espalier.sdk.Model;
import dev.espalier.tensor.Signature;
import java.util.ArrayList;
import java.util.List;

/// An object of a model's class at work.
final class JavaInstance implements DecoupledInstance {
    /// A heap that is fuller than this after all garbage has been collected is not fit for requests.
    private static final double FULL = 0.9;

    private final String name;
    private final Model model;
    private final boolean decoupled;
    private final TensorNames inputs;
    private final TensorNames outputs;
    private final ClassLoader loader;

    /// @param name the model's
    /// @param decoupled whether its requests may be answered any number of times, and at any time
    JavaInstance(
            String name, Model model, boolean decoupled, Signature signature, ClassLoader loader) {
        this.name = name;
        this.model = model;
        this.decoupled = decoupled;
        this.inputs = new TensorNames("input", signature.inputs());
        this.outputs = new TensorNames("output", signature.outputs());
        this.loader = loader;
    }

    TensorNames inputs() {
        return inputs;
    }

    TensorNames outputs() {
        return outputs;
    }

    boolean isDecoupled() {
        return decoupled;
    }

    @Override
    public void begin(List<dev.espalier.engine.Request> given) {
        Thread.currentThread().setContextClassLoader(loader);
        List<RunRequest> requests = new ArrayList<>(given.size());
        for (dev.espalier.engine.Request each : given) {
            requests.add(new RunRequest(each, this));
        }
        try {
            model.run(List.copyOf(requests), new RunAnswers(decoupled));
        } catch (Throwable failure) {
            fail(requests, failure);
        }
        if (!decoupled) {
            EngineException forgotten =
                    new EngineException(
                            "model '%s' returned from run without a last word on the request (expected: Answer.sendLast or Answers.fail for each)"
                                    .formatted(name));
            requests.forEach(request -> request.failIfOpen(forgotten));
        }
    }

    private void fail(List<RunRequest> requests, Throwable thrown) {
        EngineException failure =
                thrown instanceof NoMemoryException refused
                        ? refused.reason()
                        : new EngineException(
                                "model '%s' threw %s".formatted(name, Thrown.text(thrown)));
        boolean told = false;
        for (RunRequest request : requests) {
            told |= request.failIfOpen(failure);
        }
        if (!told) {
            System.err.println(failure.getMessage() + ", having answered");
        }
        if (thrown instanceof OutOfMemoryError) {
            endIfFull();
        }
    }

    /// An instance that keeps its memory full would fail every further request: another worker begins anew.
    private void endIfFull() {
        Runtime heap = Runtime.getRuntime();
        System.gc();
        if (heap.totalMemory() - heap.freeMemory() > FULL * heap.maxMemory()) {
            throw new EngineLostError(
                    "model '%s' keeps more of the %d MB of its heap than it can run with (parameter 'jvm_memory_mb')"
                            .formatted(name, heap.maxMemory() >> 20));
        }
    }

    @Override
    public void close() {
        try {
            model.close();
        } catch (Throwable failure) {
            System.err.println("model '%s': close threw %s".formatted(name, Thrown.text(failure)));
        }
    }
}
