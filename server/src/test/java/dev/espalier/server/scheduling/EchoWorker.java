package dev.espalier.server.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Doorbells;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.execution.SegmentMapping;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/// A worker's end of a link on threads of the test: its models give each input back as the output of the
/// same index. It runs an execution only when the test lets it.
public final class EchoWorker {
    private static final long ACCEPT_MILLIS = 10_000;

    private final ControlSocket socket;
    private final ControlSocket serverSocket;
    private final SharedRegion in;
    private final SharedRegion out;
    private final Doorbells doorbells;
    private final CompletionWriter completions;
    private final MappedSegments inputs;
    private final BlockAllocator blocks;
    private final Map<Integer, List<Long>> blocksOfSlots = new ConcurrentHashMap<>();
    private final Semaphore permits = new Semaphore(0);
    private final Semaphore begun = new Semaphore(0);
    private final List<Long> batches = new CopyOnWriteArrayList<>();
    private volatile String failure = "";
    private volatile Emptying emptying = Emptying.NEVER;
    private volatile boolean stopped;

    /// A worker with one model instance.
    EchoWorker(LinkedWorker link, Links links) throws IOException {
        this(link, links, 1);
    }

    /// A worker with an instance on each of the first `lanes` lanes.
    public EchoWorker(LinkedWorker link, Links links, int lanes) throws IOException {
        try (ControlSocket.Listener listener = links.listen()) {
            socket = links.kind().connect(listener.address());
            serverSocket =
                    Objects.requireNonNull(
                            listener.accept(ProcessHandle.current().pid(), ACCEPT_MILLIS));
        }
        serverSocket.send(
                new ControlMessage.Attach(link.inSize(), link.outSize()).encoded(), link.handles());
        List<Handle> handles = socket.receive().handles();
        in = handles.get(0).attach(link.inSize(), false);
        out = handles.get(1).attach(link.outSize(), true);
        LinkLayout.writeOutHeader(out.memory());
        int loops = LinkLayout.loops(in.memory());
        doorbells = socket.workerDoorbells(in, loops, handles.subList(2, handles.size()));
        completions = new CompletionWriter(in, out, loops, doorbells);
        blocks = new BlockAllocator(out, LinkLayout.BLOCKS);
        inputs = new MappedSegments(in);
        link.map(new Mapping());
        link.attach(serverSocket);
        Thread.ofPlatform().daemon().start(() -> listen(serverSocket));
        Thread.ofPlatform().daemon().start(() -> listen(socket));
        for (int lane = 0; lane < lanes; lane++) {
            Thread.ofPlatform().daemon().start(new Instance(lane));
        }
    }

    private void listen(ControlSocket end) {
        try {
            while (true) {
                ControlSocket.Frame frame = end.receive();
                switch (ControlMessage.decoded(frame.bytes())) {
                    case ControlMessage.AddSegment(int number, long size) ->
                            inputs.add(number, frame.handles().getFirst(), size);
                    case ControlMessage.DropSegment(int number) -> inputs.drop(number);
                    default -> throw new IllegalStateException("the server tells of a model");
                }
            }
        } catch (EOFException stopped) {
            end.close();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
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

    /// When an op empties the memory of a result.
    enum Emptying {
        NEVER,
        BEFORE_ITS_END,
        AFTER_ITS_END
    }

    /// Makes an op empty the memory of each result from now on, before its news.
    void emptyResults(Emptying when) {
        emptying = when;
    }

    public void stop() {
        stopped = true;
        serverSocket.shutdown();
        permits.release(1 << 20);
    }

    /// The first dimensions of the executions' inputs, in order.
    public List<Long> batches() {
        return batches;
    }

    /// Has the worker's end map segments.
    private final class Mapping implements SegmentMapping {
        @Override
        public void add(int number, SharedRegion region) {
            tell(new ControlMessage.AddSegment(number, region.size()), List.of(region.handle()));
        }

        @Override
        public void drop(int number) {
            tell(new ControlMessage.DropSegment(number), List.of());
        }

        private void tell(ControlMessage message, List<Handle> handles) {
            try {
                serverSocket.send(message.encoded(), handles);
            } catch (LinkException gone) {
                assertThat(stopped).isTrue();
            }
        }
    }

    /// One model instance.
    private final class Instance implements Runnable {
        private final RequestLaneReader lane;
        private final RequestFrame request = new RequestFrame(in.memory());
        private final ResultFrame result = new ResultFrame(out.memory());

        Instance(int number) {
            lane = new RequestLaneReader(in, out, number, doorbells);
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
                result.putError(ResultFrame.ENGINE_ERROR, failure);
            }
            empty(Emptying.BEFORE_ITS_END);
            result.putFinished(lane.generation());
            empty(Emptying.AFTER_ITS_END);
            for (int mask = lane.loopMask(); mask != 0; mask &= mask - 1) {
                completions.complete(
                        Integer.numberOfTrailingZeros(mask),
                        lane.slot(),
                        lane.generation(),
                        result.length());
            }
            completions.ring(lane.loopMask());
        }

        private void empty(Emptying now) {
            if (emptying == now) {
                out.memory()
                        .asSlice(LinkLayout.frame(lane.slot()), LinkLayout.FRAME_SIZE)
                        .fill((byte) 0);
            }
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
