package dev.espalier.server.scheduling;

import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLane;
import dev.espalier.server.execution.ExecutionInFlight;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.tensor.DataType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/// One instance of a model in a worker, as its scheduler sees it: the lane to it, and how many executions
/// it has been given. Guarded by the scheduler's lock.
final class InstanceLane {
    private final LinkedWorker worker;
    private final int number;
    private final RequestLane lane;
    private final RequestFrame frame;

    /// The requests of each execution that it has been given, the one that runs first.
    private final Deque<Integer> inFlight = new ArrayDeque<>();

    InstanceLane(LinkedWorker worker, int number) {
        this.worker = worker;
        this.number = number;
        this.lane = worker.lane(number);
        this.frame = worker.requestFrame();
    }

    int inFlight() {
        return inFlight.size();
    }

    /// An execution of so many requests is over.
    void finished(int requests) {
        inFlight.removeFirstOccurrence(requests);
    }

    /// How many requests wait behind the execution that runs.
    int waiting() {
        return inFlight.stream().skip(1).mapToInt(Integer::intValue).sum();
    }

    LinkedWorker worker() {
        return worker;
    }

    /// Gives the instance a batch: neighbours on a strip, described as one execution.
    void publish(int slot, List<Member> batch, int rows, ExecutionInFlight.Completion completion) {
        int loopMask = 0;
        int[] wanted = batch.getFirst().placement().wantedOutputs();
        for (Member member : batch) {
            loopMask |= 1 << member.loop().index();
            wanted = union(wanted, member.placement().wantedOutputs());
        }
        ExecutionInFlight execution =
                worker.begin(slot, completion, number, loopMask, batch.size());
        describe(slot, batch, rows, wanted);
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).execution = execution;
            batch.get(i).index = i;
        }
        inFlight.add(batch.size());
        worker.publish(execution, lane, frame.length(), loopMask);
    }

    private void describe(int slot, List<Member> batch, int rows, int[] wanted) {
        Member first = batch.getFirst();
        Placement placement = first.placement();
        int[] indices = placement.inputIndices();
        frame.begin(slot, indices.length, wanted.length, batch.size() == 1 ? 0 : batch.size());
        for (int output : wanted) {
            frame.putWanted(output);
        }
        if (batch.size() > 1) {
            for (Member member : batch) {
                frame.putMember(member.placement().rows(), member.loop().index());
            }
        }
        for (int i = 0; i < indices.length; i++) {
            long size = 0;
            for (Member member : batch) {
                size += member.placement().byteSizes()[i];
            }
            long[] shape = placement.shapes()[i];
            DataType type = placement.types()[i];
            frame.putInput(indices[i], type.code(), shape.length, first.offsets[i], size);
            for (int axis = 0; axis < shape.length; axis++) {
                frame.putDimension(axis == 0 && placement.batched() ? rows : shape[axis]);
            }
        }
    }

    /// The union of two ascending lists; the same list where both are alike, as they nearly always are.
    private static int[] union(int[] some, int[] more) {
        if (Arrays.equals(some, more)) {
            return some;
        }
        return IntStream.concat(Arrays.stream(some), Arrays.stream(more))
                .sorted()
                .distinct()
                .toArray();
    }
}
