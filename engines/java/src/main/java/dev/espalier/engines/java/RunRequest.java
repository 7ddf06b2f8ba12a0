package dev.espalier.engines.java;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.engine.CallResult;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.sdk.CallAnswer;
import dev.espalier.sdk.CallException;
import dev.espalier.sdk.Request;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request as its model sees it. What it and its answer lend of the link's memory is dead before the server is told
/// that it may use it for others.
///
/// Safe for use by several threads.
final class RunRequest implements Request {
    private static final String OVER =
            "the request has had its last word (expected: nothing of it after that)";

    private final dev.espalier.engine.Request request;
    private final JavaInstance instance;
    private final Lifetime lifetime = new Lifetime(OVER);

    /// The answer that is begun and not sent.
    @GuardedBy("this")
    private @Nullable RunAnswer open;

    /// Calls that may not have been sent, and answers of others that may not have been closed.
    @GuardedBy("this")
    private final List<RunCall> calls = new ArrayList<>(0);

    @GuardedBy("this")
    private final List<RunCallAnswer> called = new ArrayList<>(0);

    @GuardedBy("this")
    private boolean over;

    RunRequest(dev.espalier.engine.Request request, JavaInstance instance) {
        this.request = request;
        this.instance = instance;
    }

    @Override
    public Tensor input(String name) {
        lifetime.check();
        int index = instance.inputs().index(name);
        Execution.Tensors given = request.inputs();
        if (!given.isPresent(index)) {
            throw new IllegalArgumentException(
                    "input '%s' is not in the request (expected: one that is)".formatted(name));
        }
        long[] shape = new long[given.rank(index)];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = given.dimension(index, axis);
        }
        return new SharedTensor(
                name,
                DataType.ofCode(given.typeCode(index)).orElseThrow(),
                shape,
                Shape.elementCount(shape),
                lifetime.memory(given.address(index), given.byteSize(index)),
                /* writable= */ false,
                lifetime);
    }

    @Override
    public boolean wants(String name) {
        return request.isRequested(instance.outputs().index(name));
    }

    @Override
    public boolean isCancelled() {
        return request.isCancelled();
    }

    // --- calls

    @Override
    public synchronized RunCall call(String model) {
        checkOpen();
        try {
            RunCall call = new RunCall(this, model, request.calls().begin());
            calls.add(call);
            return call;
        } catch (EngineException failure) {
            throw new NoMemoryException(failure);
        }
    }

    /// A call has been answered.
    ///
    /// @throws CallException when the request has had its last word meanwhile
    synchronized CallAnswer answered(CallResult result) throws CallException {
        if (over) {
            throw new CallException(CallFailure.CANCELLED, OVER);
        }
        RunCallAnswer answer = new RunCallAnswer(this, result);
        called.add(answer);
        return answer;
    }

    /// A call has been sent, and is over or answered.
    synchronized void sent(RunCall call) {
        calls.remove(call);
    }

    /// Gives the memory of a call's answer back, where that has not been done.
    synchronized void close(RunCallAnswer answer) {
        if (called.remove(answer)) {
            answer.end();
            answer.result().close();
        }
    }

    // --- words

    /// Begins an answer.
    synchronized RunAnswer answer() {
        checkOpen();
        if (open != null) {
            throw new IllegalStateException(
                    "an answer to the request is begun and not sent (expected: one after the other)");
        }
        try {
            open = new RunAnswer(this, request.answer(), request, instance);
            return open;
        } catch (EngineException failure) {
            throw new NoMemoryException(failure);
        }
    }

    synchronized void fail(EngineException failure) {
        end();
        drop();
        request.fail(failure);
    }

    /// The same, unless it has had its last word.
    ///
    /// @return whether it had not
    synchronized boolean failIfOpen(EngineException failure) {
        if (over) {
            return false;
        }
        fail(failure);
        return true;
    }

    synchronized void finish() {
        checkOpen();
        if (open != null) {
            throw new IllegalStateException(
                    "an answer to the request is begun and not sent (expected: Answer.sendLast, or it is sent before)");
        }
        end();
        request.finish();
    }

    /// The answer that is begun is whole; another one will follow.
    synchronized void sending() {
        checkOpen();
        open = null;
    }

    /// The answer that is begun is the last word.
    synchronized void sendLast(dev.espalier.engine.Answer answer) {
        end();
        open = null;
        try {
            answer.sendLast();
        } catch (EngineException failure) {
            request.fail(failure);
        }
    }

    /// Nobody waits for its answers any more. It may have been failed over the model's head: its memory is not looked at
    /// again, whether it has had a last word or not.
    synchronized void unheard() {
        lifetime.end();
        called.forEach(RunCallAnswer::end);
        called.clear();
    }

    @GuardedBy("this")
    private void end() {
        checkOpen();
        over = true;
        lifetime.end();
        // The server takes the memory of the answers with the last word.
        calls.forEach(RunCall::drop);
        called.forEach(RunCallAnswer::end);
        calls.clear();
        called.clear();
    }

    @GuardedBy("this")
    private void checkOpen() {
        if (over) {
            throw new IllegalStateException(OVER);
        }
    }

    @GuardedBy("this")
    private void drop() {
        RunAnswer begun = open;
        open = null;
        if (begun != null) {
            begun.drop();
        }
    }
}
