package dev.espalier.server.scheduling;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.execution.LinkedWorker;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/// A worker's end of a link on a thread of the test: its model gives back its first input. It runs an
/// execution only when the test lets it.
final class EchoWorker {
    private final RequestLaneReader lane;
    private final RequestFrame request;
    private final ResultFrame result;
    private final CompletionWriter completions;
    private final BlockAllocator blocks;
    private final SharedRegion in;
    private final SharedRegion out;
    private final Semaphore permits = new Semaphore(0);
    private final List<Long> batches = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    EchoWorker(LinkedWorker link) throws LinkException {
        int[] descriptors = link.descriptors();
        in = SharedRegion.attach(descriptors[0], link.inSize(), false);
        out = SharedRegion.attach(descriptors[1], link.outSize(), true);
        LinkLayout.writeOutHeader(out.memory());
        lane = new RequestLaneReader(in, out, 0);
        request = new RequestFrame(in.memory());
        result = new ResultFrame(out.memory());
        completions =
                new CompletionWriter(
                        in, out, Arrays.copyOfRange(descriptors, 2, descriptors.length));
        blocks = new BlockAllocator(out);
        link.attach();
        Thread.ofPlatform().daemon().start(this::run);
    }

    /// Lets so many executions run.
    void permit(int executions) {
        permits.release(executions);
    }

    void stop() {
        stopped = true;
        permits.release(1 << 20);
    }

    /// The first dimensions of the executions' inputs, in order.
    List<Long> batches() {
        return batches;
    }

    private void run() {
        try {
            while (!stopped) {
                if (!lane.poll()) {
                    lane.sleep();
                    continue;
                }
                permits.acquire();
                if (!stopped) {
                    execute();
                }
            }
        } catch (LinkException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void execute() throws LinkException {
        request.read(lane.slot(), lane.frameLength());
        request.nextInput();
        batches.add(request.dimension(0));
        long size = request.byteSize();
        long offset = blocks.allocate(Math.max(1, size));
        MemorySegment.copy(
                in.memory(), JAVA_BYTE, request.offset(), out.memory(), JAVA_BYTE, offset, size);
        result.begin(lane.slot());
        for (int i = 0; i < 4; i++) {
            result.putTime(i, System.nanoTime());
        }
        if (!result.putOutput(0, request.typeCode(), request.rank(), offset, size)) {
            throw new IllegalStateException("no room");
        }
        for (int axis = 0; axis < request.rank(); axis++) {
            result.putDimension(request.dimension(axis));
        }
        for (int mask = lane.loopMask(); mask != 0; mask &= mask - 1) {
            completions.complete(
                    Integer.numberOfTrailingZeros(mask),
                    lane.slot(),
                    lane.generation(),
                    result.length());
        }
        completions.ring(lane.loopMask());
    }
}
