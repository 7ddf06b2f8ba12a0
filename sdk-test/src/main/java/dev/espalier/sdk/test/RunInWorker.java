package dev.espalier.sdk.test;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.engines.java.ForTests;
import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.Signature;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Requests that a worker runs together, and what becomes of each.
final class RunInWorker {
    private final int slot;
    private final int generation;
    private final Signature signature;
    private final List<List<Input>> requests;
    private final BlockAllocator memory;
    private final List<CompletableFuture<Reply>> replies = new ArrayList<>();

    @GuardedBy("this")
    private final List<Long> blocks = new ArrayList<>();

    @GuardedBy("this")
    private final List<List<Map<String, Tensor>>> answers = new ArrayList<>();

    /// Whether the instance answers each request for itself, and then has a last word of its own.
    @GuardedBy("this")
    private boolean each;

    @GuardedBy("this")
    private boolean returned;

    /// @param requests their inputs in the model's order
    /// @param memory of IN
    RunInWorker(
            int slot,
            int generation,
            Signature signature,
            List<List<Input>> requests,
            BlockAllocator memory) {
        this.slot = slot;
        this.generation = generation;
        this.signature = signature;
        this.requests = requests;
        this.memory = memory;
        for (int i = 0; i < requests.size(); i++) {
            replies.add(new CompletableFuture<>());
            answers.add(new ArrayList<>());
        }
    }

    int slot() {
        return slot;
    }

    int generation() {
        return generation;
    }

    /// Whether the instance goes on to the next run.
    synchronized boolean hasReturned() {
        return returned;
    }

    List<CompletableFuture<Reply>> replies() {
        return replies;
    }

    /// Writes the inputs into IN, those of all requests side by side, and the frame that describes them.
    ///
    /// @return the frame's length
    /// @throws IllegalStateException when there is no room for them; then nothing is held
    synchronized int describe(SharedRegion in) {
        try {
            return write(in);
        } catch (RuntimeException failure) {
            free();
            throw failure;
        }
    }

    @GuardedBy("this")
    private int write(SharedRegion in) {
        int inputs = signature.inputs().size();
        int outputs = signature.outputs().size();
        int members = requests.size() == 1 ? 0 : requests.size();
        int dimensions = requests.getFirst().stream().mapToInt(each -> each.shape().length).sum();
        if (members > LinkLayout.MAX_MEMBERS
                || !RequestFrame.fits(inputs, outputs, dimensions, members)) {
            throw new IllegalStateException(
                    "%d requests with %d inputs each in one run (expected: at most %d, whose description has at most %d bytes)"
                            .formatted(
                                    requests.size(),
                                    inputs,
                                    LinkLayout.MAX_MEMBERS,
                                    LinkLayout.FRAME_SIZE));
        }
        RequestFrame frame = new RequestFrame(in.memory()).begin(slot, inputs, outputs, members);
        for (int output = 0; output < outputs; output++) {
            frame.putWanted(output);
        }
        for (int member = 0; member < members; member++) {
            List<Input> given = requests.get(member);
            long rows = given.isEmpty() ? 1 : given.getFirst().shape()[0];
            frame.putMember(Math.toIntExact(rows), 0);
        }
        for (int index = 0; index < inputs; index++) {
            putInput(frame, index, in.memory());
        }
        return frame.length();
    }

    @GuardedBy("this")
    private void putInput(RequestFrame frame, int index, MemorySegment in) {
        List<Input> parts = requests.stream().map(given -> given.get(index)).toList();
        long size = parts.stream().mapToLong(part -> part.content().length).sum();
        long offset = memory.allocate(Math.max(1, size));
        if (offset < 0) {
            throw new IllegalStateException(
                    "no room for an input of %d bytes (expected: %s in one run)"
                            .formatted(size, "less than 64 MB of inputs"));
        }
        blocks.add(offset);
        long at = offset;
        long rows = 0;
        for (Input part : parts) {
            MemorySegment.copy(part.content(), 0, in, JAVA_BYTE, at, part.content().length);
            at += part.content().length;
            rows += part.shape().length == 0 ? 0 : part.shape()[0];
        }
        long[] shape = parts.getFirst().shape();
        if (shape.length > 0) {
            shape[0] = rows;
        }
        int type = parts.getFirst().type().code();
        frame.putInput(index, type, shape.length, LinkLayout.address(0, offset), size);
        for (long dimension : shape) {
            frame.putDimension(dimension);
        }
    }

    /// Takes what the worker says of it.
    ///
    /// @return whether that was the last
    /// @throws LinkException when it is of a request that is none of the run's
    synchronized boolean take(CompletionRing ring, ResultFrame result, MemorySegment out)
            throws LinkException {
        if (ring.isReturn()) {
            returned = true;
        } else if (ring.member() == LinkLayout.ALL_MEMBERS) {
            take(0, ring, result, out);
        } else {
            each = true;
            take(ring.member(), ring, result, out);
        }
        return isOver();
    }

    @GuardedBy("this")
    private boolean isOver() {
        boolean over = (returned || !each) && replies.stream().allMatch(CompletableFuture::isDone);
        if (over) {
            free();
        }
        return over;
    }

    @GuardedBy("this")
    private void take(int member, CompletionRing ring, ResultFrame result, MemorySegment out)
            throws LinkException {
        if (member < 0 || member >= replies.size()) {
            throw new LinkException(
                    "request %d of a run (expected: 0..%d)".formatted(member, replies.size() - 1));
        }
        Optional<String> failure = Optional.empty();
        if (!ring.isEmpty()) {
            try {
                failure = read(member, ring, result, out);
            } catch (LinkException broken) {
                failure = Optional.of("the answer cannot be read: " + broken.getMessage());
            }
        }
        if (ring.isLast() || failure.isPresent()) {
            replies.get(member).complete(new Reply(answers.get(member), failure));
        }
    }

    @GuardedBy("this")
    private Optional<String> read(
            int member, CompletionRing ring, ResultFrame result, MemorySegment out)
            throws LinkException {
        if (ring.block() == LinkLayout.NO_BLOCK) {
            return Optional.of("the worker has no room for an answer");
        }
        ResultFrame frame = result.read(ring.block(), ring.frameLength());
        if (frame.isError()) {
            return Optional.of(frame.errorText());
        }
        Map<String, Tensor> outputs = new HashMap<>();
        for (int i = frame.outputCount(); i > 0; i--) {
            frame.nextOutput();
            String name = outputName(frame.outputIndex());
            MemorySegment content =
                    frame.byteSize() == 0
                            ? MemorySegment.NULL
                            : out.asSlice(frame.offset(), frame.byteSize());
            outputs.put(name, ForTests.copy(name, frame.type(), frame.shape(), content));
        }
        answers.get(member).add(outputs);
        return Optional.empty();
    }

    private String outputName(int index) throws LinkException {
        int count = signature.outputs().size();
        if (index < 0 || index >= count) {
            throw new LinkException("output %d (expected: 0..%d)".formatted(index, count - 1));
        }
        return signature.outputs().get(index).name();
    }

    /// There will be no answer.
    synchronized void fail(String how) {
        for (int member = 0; member < replies.size(); member++) {
            replies.get(member).complete(new Reply(answers.get(member), Optional.of(how)));
        }
        free();
    }

    @GuardedBy("this")
    private void free() {
        blocks.forEach(memory::free);
        blocks.clear();
    }
}
