package dev.espalier.server.scheduling;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.execution.SegmentMapping;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/// A worker's end of a link on threads of the test: its models give each input back as the output of the
/// same index. It runs an execution only when the test lets it.
public final class EchoWorker {
    private final SharedRegion in;
    private final SharedRegion out;
    private final CompletionWriter completions;
    private final MappedSegments inputs;
    private final BlockAllocator blocks;
    private final Map<Integer, List<Long>> blocksOfSlots = new ConcurrentHashMap<>();
    private final Semaphore permits = new Semaphore(0);
    private final Semaphore begun = new Semaphore(0);
    private final List<Long> batches = new CopyOnWriteArrayList<>();
    private volatile String failure = "";
    private volatile boolean stopped;

    /// A worker with one model instance.
    EchoWorker(LinkedWorker link) throws LinkException {
        this(link, 1);
    }

    /// A worker with an instance on each of the first `lanes` lanes.
    public EchoWorker(LinkedWorker link, int lanes) throws LinkException {
        int[] descriptors = link.descriptors();
        in = SharedRegion.attach(descriptors[0], link.inSize(), false);
        out = SharedRegion.attach(descriptors[1], link.outSize(), true);
        LinkLayout.writeOutHeader(out.memory());
        completions =
                new CompletionWriter(
                        in, out, Arrays.copyOfRange(descriptors, 2, descriptors.length));
        blocks = new BlockAllocator(out, LinkLayout.BLOCKS);
        inputs = new MappedSegments(in);
        link.map(new Mapping());
        link.attach();
        for (int lane = 0; lane < lanes; lane++) {
            Thread.ofPlatform().daemon().start(new Instance(lane));
        }
    }

    /// Lets so many executions run.
    public void permit(int executions) {
        permits.release(executions);
    }

    /// Waits until an execution more has been taken from its lane. Each is waited for once.
    void awaitBegun() {
        begun.acquireUninterruptibly();
    }

    /// Makes every execution from now on fail with this text; empty for success.
    public void fail(String text) {
        failure = text;
    }

    public void stop() {
        stopped = true;
        permits.release(1 << 20);
    }

    /// The first dimensions of the executions' inputs, in order.
    public List<Long> batches() {
        return batches;
    }

    /// Maps segments as a process would that is told of them.
    private final class Mapping implements SegmentMapping {
        @Override
        public void add(int number, SharedRegion region) {
            try {
                inputs.add(number, copy(region.descriptor()), region.size());
            } catch (LinkException broken) {
                throw new IllegalStateException(broken);
            }
        }

        @Override
        public void drop(int number) {
            try {
                inputs.drop(number);
            } catch (LinkException broken) {
                throw new IllegalStateException(broken);
            }
        }
    }

    /// A descriptor of its own, as another process would get.
    private static int copy(int descriptor) {
        Linker linker = Linker.nativeLinker();
        MemorySegment dup = linker.defaultLookup().findOrThrow("dup");
        try {
            return (int)
                    linker.downcallHandle(dup, FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                            .invokeExact(descriptor);
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /// One model instance.
    private final class Instance implements Runnable {
        private final RequestLaneReader lane;
        private final RequestFrame request = new RequestFrame(in.memory());
        private final ResultFrame result = new ResultFrame(out.memory());

        Instance(int number) {
            lane = new RequestLaneReader(in, out, number);
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    if (!lane.poll()) {
                        lane.sleep();
                        continue;
                    }
                    result.begin(lane.slot());
                    result.putStarted(lane.generation());
                    begun.release();
                    permits.acquire();
                    if (!stopped) {
                        execute();
                    }
                }
            } catch (LinkException | InterruptedException broken) {
                throw new IllegalStateException(broken);
            }
        }

        private void execute() throws LinkException {
            request.read(lane.slot(), lane.frameLength());
            List<Long> used =
                    blocksOfSlots.computeIfAbsent(lane.slot(), _ -> new CopyOnWriteArrayList<>());
            used.forEach(blocks::free);
            used.clear();
            for (int i = 0; i < 4; i++) {
                result.putTime(i, System.nanoTime());
            }
            if (failure.isEmpty()) {
                for (int i = 0; i < request.inputCount(); i++) {
                    request.nextInput();
                    if (i == 0) {
                        batches.add(request.rank() == 0 ? 1 : request.dimension(0));
                    }
                    if (isWanted(request.inputIndex())) {
                        giveBack(used);
                    }
                }
            } else {
                result.putError(failure);
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

        private boolean isWanted(int output) {
            for (int i = 0; i < request.wantedCount(); i++) {
                if (request.wanted(i) == output) {
                    return true;
                }
            }
            return false;
        }

        private void giveBack(List<Long> used) throws LinkException {
            long size = request.byteSize();
            long offset = blocks.allocate(Math.max(1, size));
            if (offset < 0) {
                throw new IllegalStateException("no room for " + size + " bytes");
            }
            used.add(offset);
            MemorySegment input =
                    MemorySegment.ofAddress(inputs.locate(request.address(), size))
                            .reinterpret(size);
            MemorySegment.copy(input, 0, out.memory(), offset, size);
            if (!result.putOutput(
                    request.inputIndex(), request.typeCode(), request.rank(), offset, size)) {
                throw new IllegalStateException("no room in the frame");
            }
            for (int axis = 0; axis < request.rank(); axis++) {
                result.putDimension(request.dimension(axis));
            }
        }
    }
}
