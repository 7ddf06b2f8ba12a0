package dev.espalier.server.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CancelWords;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Doorbells;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.ReleaseReader;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.StartedExecutions;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.execution.SegmentMapping;
import dev.espalier.tensor.DataType;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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
    private final StartedExecutions started;
    private final List<ReleaseReader> releases = new ArrayList<>();

    /// The blocks of each answer that has not been given back, by its lease.
    private final Map<Integer, List<Long>> leases = new ConcurrentHashMap<>();

    private final AtomicInteger lastLease = new AtomicInteger();
    private int unknown;
    private final Semaphore permits = new Semaphore(0);
    private final Semaphore begun = new Semaphore(0);
    private final List<Long> batches = new CopyOnWriteArrayList<>();
    private volatile String failure = "";
    private volatile Forging forging = Forging.NOTHING;
    private volatile Emptying emptying = Emptying.NEVER;
    private final LinkedBlockingQueue<Begun> spoken = new LinkedBlockingQueue<>();
    private volatile boolean speechless;
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
        blocks = new BlockAllocator(out, LinkLayout.OUT_BLOCKS);
        started = new StartedExecutions(out);
        for (int loop = 0; loop < loops; loop++) {
            releases.add(new ReleaseReader(in, out, loop));
        }
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
        } catch (EOFException over) {
            end.close();
        } catch (IOException broken) {
            assertThat(stopped).as(broken.toString()).isTrue();
            end.close();
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

    /// What a worker that lies says of an answer.
    enum Forging {
        NOTHING,
        /// None, for want of room.
        NO_BLOCK,
        /// One among the control words.
        BLOCK_OF_CONTROL_WORDS,
        BLOCK_BEHIND_THE_END,
        /// One that another answer has.
        BLOCK_OF_ANOTHER,
        LEASE_OF_ANOTHER,
        LENGTH,
        /// For one request of a batch.
        MEMBER,
        /// As if others had come before it.
        NUMBER,
        NOT_THE_LAST
    }

    /// An execution that has been taken from its lane, of which only the test says anything.
    record Begun(int slot, int generation) {}

    /// Leaves it to the test what is said of executions from now on.
    void leaveWords() {
        speechless = true;
    }

    /// Waits for an execution that has been left to the test.
    Begun begun() throws InterruptedException {
        Begun next = spoken.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no execution within 30 s");
        }
        return next;
    }

    /// Says something of an execution that brings nothing.
    void say(Begun execution, int loop, int member, int words, int number) {
        completions.tell(
                loop,
                execution.slot(),
                execution.generation(),
                LinkLayout.NO_BLOCK,
                0,
                0,
                member,
                words,
                number);
        completions.ring(1 << loop);
    }

    /// Answers one request of an execution with one value, or an error where that is negative.
    void answer(Begun execution, int loop, int member, int words, int number, int value) {
        int by = lastLease.incrementAndGet();
        takeBack();
        long at = blocks.allocate(LinkLayout.LEAST_ANSWER);
        leases.put(by, List.of(at));
        ResultFrame frame = new ResultFrame(out.memory());
        frame.begin(LinkLayout.block(at), LinkLayout.LEAST_ANSWER / 2);
        if (value < 0) {
            frame.putError(
                    ResultFrame.ENGINE_ERROR, "less than none".getBytes(StandardCharsets.UTF_8));
        } else {
            long data = at + LinkLayout.LEAST_ANSWER / 2;
            out.memory().set(ValueLayout.JAVA_INT, data, value);
            assertThat(frame.putOutput(0, DataType.INT32.code(), 1, data, 4)).isTrue();
            frame.putDimension(1);
        }
        frame.putFinished(execution.generation(), by);
        completions.tell(
                loop,
                execution.slot(),
                execution.generation(),
                LinkLayout.block(at),
                by,
                frame.length(),
                member,
                words,
                number);
        completions.ring(1 << loop);
    }

    /// Calls another model for a request, with one value as its input.
    ///
    /// @param texts what the call says of itself
    void call(Begun execution, int loop, int member, int number, byte[] texts) {
        int by = lastLease.incrementAndGet();
        takeBack();
        long at = blocks.allocate(2L * LinkLayout.LEAST_ANSWER);
        leases.put(by, List.of(at));
        ResultFrame frame = new ResultFrame(out.memory());
        frame.begin(LinkLayout.block(at), LinkLayout.LEAST_ANSWER);
        long data = at + LinkLayout.LEAST_ANSWER;
        MemorySegment.copy(texts, 0, out.memory(), ValueLayout.JAVA_BYTE, data, texts.length);
        assertThat(frame.putOutput(0, DataType.BYTES.code(), 1, data, texts.length)).isTrue();
        frame.putDimension(3);
        assertThat(frame.putOutput(1, DataType.INT32.code(), 1, at, 4)).isTrue();
        frame.putDimension(1);
        frame.putFinished(execution.generation(), by);
        completions.tell(
                loop,
                execution.slot(),
                execution.generation(),
                LinkLayout.block(at),
                by,
                frame.length(),
                member,
                CompletionWriter.CALL,
                number);
        completions.ring(1 << loop);
    }

    /// Whether the worker can see that nobody waits for a request any more.
    boolean isCancelled(Begun execution, int member) {
        return new CancelWords(in).isCancelled(execution.slot(), execution.generation(), member);
    }

    /// Makes the completions of all answers from now on lie.
    void forge(Forging what) {
        forging = what;
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

    /// Frees what the server has given back.
    private synchronized void takeBack() {
        for (ReleaseReader released : releases) {
            while (released.poll()) {
                List<Long> used = leases.get(released.lease());
                if (used != null && LinkLayout.block(used.getFirst()) == released.block()) {
                    leases.remove(released.lease());
                    used.forEach(blocks::free);
                } else {
                    unknown++;
                }
            }
        }
    }

    /// How many answers have been given back that it does not have.
    synchronized int unknown() {
        takeBack();
        return unknown;
    }

    /// How many answers have not been given back.
    public int leases() {
        takeBack();
        return leases.size();
    }

    /// One model instance.
    private final class Instance implements Runnable {
        private final RequestLaneReader lane;
        private final RequestFrame request = new RequestFrame(in.memory());
        private final ResultFrame result = new ResultFrame(out.memory());
        private int block;
        private int lease;

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
                    started.put(lane.slot(), lane.generation());
                    begun.release();
                    if (speechless) {
                        spoken.add(new Begun(lane.slot(), lane.generation()));
                        continue;
                    }
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
            takeBack();
            lease = lastLease.incrementAndGet();
            List<Long> used = new ArrayList<>();
            used.add(blocks.allocate(LinkLayout.FRAME_SIZE));
            leases.put(lease, used);
            block = LinkLayout.block(used.getFirst());
            result.begin(block, LinkLayout.FRAME_SIZE);
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
                result.putError(ResultFrame.ENGINE_ERROR, failure.getBytes(StandardCharsets.UTF_8));
            }
            empty(Emptying.BEFORE_ITS_END);
            result.putFinished(lane.generation(), lease);
            empty(Emptying.AFTER_ITS_END);
            for (int mask = lane.loopMask(); mask != 0; mask &= mask - 1) {
                int loop = Integer.numberOfTrailingZeros(mask);
                if (forging == Forging.NOTHING) {
                    completions.complete(
                            loop, lane.slot(), lane.generation(), block, lease, result.length());
                } else {
                    forged(loop);
                }
            }
            completions.ring(lane.loopMask());
        }

        private void forged(int loop) {
            int named =
                    switch (forging) {
                        case NO_BLOCK -> LinkLayout.NO_BLOCK;
                        case BLOCK_OF_CONTROL_WORDS -> 1;
                        case BLOCK_BEHIND_THE_END -> LinkLayout.block(out.size());
                        case BLOCK_OF_ANOTHER -> LinkLayout.block(LinkLayout.OUT_BLOCKS);
                        default -> block;
                    };
            int length = forging == Forging.LENGTH ? result.length() + 8 : result.length();
            int by = forging == Forging.LEASE_OF_ANOTHER ? lease - 1 : lease;
            completions.tell(
                    loop,
                    lane.slot(),
                    lane.generation(),
                    named,
                    by,
                    length,
                    forging == Forging.MEMBER ? 3 : LinkLayout.ALL_MEMBERS,
                    forging == Forging.NOT_THE_LAST ? 0 : CompletionWriter.LAST,
                    forging == Forging.NUMBER ? 1 : 0);
        }

        private void empty(Emptying now) {
            if (emptying == now) {
                out.memory()
                        .asSlice(LinkLayout.blockOffset(block), LinkLayout.FRAME_SIZE)
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
