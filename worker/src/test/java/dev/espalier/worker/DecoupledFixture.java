package dev.espalier.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.Answer;
import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Request;
import dev.espalier.link.CancelWords;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Doorbells;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.ReleaseRing;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLane;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.StartedExecutions;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// The worker's end of requests that are answered each for itself, with the test as the server.
@Timeout(60)
abstract class DecoupledFixture {
    static final long MB = 1 << 20;
    static final int SLOT = 5;
    static final int GENERATION = 77;
    static final int MOST_UNREAD = 3;

    Links links;
    SharedRegion in;
    SharedRegion out;
    SharedRegion own;
    ControlSocket server;
    ControlSocket socket;
    WorkerMemory memory;
    RequestLane lane;
    RequestLaneReader reader;
    final List<CompletionRing> rings = new ArrayList<>();
    final List<ReleaseRing> releases = new ArrayList<>();
    List<Request> requests = List.of();

    @BeforeEach
    void make() throws Exception {
        links = LinkKind.LINUX.open();
        in = links.createIn(LinkLayout.BLOCKS + MB);
        out = links.createOut(LinkLayout.OUT_BLOCKS + 8 * MB);
        own = out.handle().attach(out.size(), true);
        try (ControlSocket.Listener listener = links.listen()) {
            socket = links.kind().connect(listener.address());
            server = Objects.requireNonNull(listener.accept(ProcessHandle.current().pid(), 10_000));
        }
        Doorbells bells = server.serverDoorbells(in, _ -> {});
        LinkLayout.writeInHeader(in.memory(), 2, out.size(), MOST_UNREAD, MB);
        memory =
                new WorkerMemory(
                        in,
                        own,
                        new MappedSegments(in),
                        new AnswerMemory(in, own, 2, () -> {}),
                        new CompletionWriter(in, own, 2, bells),
                        new StartedExecutions(own),
                        new CancelWords(in),
                        new CallTable());
        lane = new RequestLane(in, out, 0, bells);
        reader = new RequestLaneReader(in, own, 0, bells);
        for (int loop = 0; loop < 2; loop++) {
            rings.add(new CompletionRing(in, out, loop));
            releases.add(new ReleaseRing(in, out, loop));
        }
    }

    @AfterEach
    void close() {
        socket.close();
        server.close();
        in.close();
        links.close();
    }

    /// What the server reads of a completion.
    record Word(
            int member,
            int number,
            boolean last,
            boolean empty,
            boolean isReturn,
            int block,
            int lease,
            String text) {}

    /// Waits for the next completion for a loop.
    Word next(int loop) throws LinkException {
        CompletionRing ring = rings.get(loop);
        while (!ring.poll()) {
            Thread.onSpinWait();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        ring.tellTaken();
        assertThat(ring.slot()).isEqualTo(SLOT);
        assertThat(ring.generation()).isEqualTo(GENERATION);
        return new Word(
                ring.member(),
                ring.number(),
                ring.isLast(),
                ring.isEmpty(),
                ring.isReturn(),
                ring.block(),
                ring.lease(),
                ring.block() == LinkLayout.NO_BLOCK ? "" : text(ring));
    }

    String text(CompletionRing ring) throws LinkException {
        ResultFrame frame = new ResultFrame(out.memory()).read(ring.block(), ring.frameLength());
        if (frame.isError()) {
            return frame.errorText();
        }
        frame.nextOutput();
        assertThat(frame.isFinished(GENERATION, ring.lease())).isTrue();
        return Integer.toString(out.memory().get(JAVA_INT, frame.offset()));
    }

    void assertNothing(int loop) {
        assertThat(rings.get(loop).hasNext()).isFalse();
    }

    /// Has an instance begin an execution of one request with the input 41.
    Request only(DecoupledInstance instance) throws Exception {
        RequestFrame frame = new RequestFrame(in.memory()).begin(SLOT, 1, 1, 0);
        frame.putWanted(1);
        in.memory().set(JAVA_INT, LinkLayout.BLOCKS, 41);
        frame.putInput(0, DataType.INT32.code(), 1, LinkLayout.BLOCKS, 4);
        frame.putDimension(1);
        execute(instance, DataType.INT32, frame, 1);
        return requests.getFirst();
    }

    Request only() throws Exception {
        return only(instance(begun -> requests = begun));
    }

    void execute(DecoupledInstance instance, DataType type, RequestFrame frame, int loops) {
        Signature signature =
                new Signature(
                        List.of(new TensorSpec("X", type, List.of(-1L))),
                        List.of(
                                new TensorSpec("Y", DataType.INT32, List.of(-1L)),
                                new TensorSpec("Z", DataType.INT32, List.of(-1L))));
        lane.publish(SLOT, GENERATION, frame.length(), loops);
        assertThat(reader.poll()).isTrue();
        long _ = new DecoupledWork(instance, signature, memory).execute(reader);
    }

    /// What a run does.
    interface Run {
        void begin(List<Request> requests) throws EngineException;
    }

    DecoupledInstance instance(Run run) {
        return new DecoupledInstance() {
            @Override
            public void begin(List<Request> begun) throws EngineException {
                requests = begun;
                run.begin(begun);
            }

            @Override
            public void close() {}
        };
    }

    static Answer answer(Request request, int value) throws EngineException {
        Answer answer = request.answer();
        long address = answer.reserve(4);
        MemorySegment.ofAddress(address).reinterpret(4).set(JAVA_INT, 0, value);
        answer.outputs().set(1, DataType.INT32.code(), address, 4, 1);
        answer.outputs().dimension(1, 0, 1);
        return answer;
    }

    void release(int loop, Word word) {
        assertThat(releases.get(loop).release(word.block(), word.lease())).isTrue();
    }

    static void awaitState(Thread thread, Thread.State state) {
        while (thread.getState() != state) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }
}
