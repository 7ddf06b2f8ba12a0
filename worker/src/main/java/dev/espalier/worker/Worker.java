package dev.espalier.worker;

import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Instance;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.ModelSource;
import dev.espalier.link.CancelWords;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Doorbells;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.StartedExecutions;
import dev.espalier.tensor.Signature;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A worker: does what the server says on the control socket, until the server is gone. One thread
/// listens, one loads models, each instance has its own.
final class Worker {
    /// What an op finds on a thread of an ordinary C++ server.
    private static final long STACK_SIZE = 8 << 20;

    private static final long BEAT_MILLIS = 100;

    /// When an instance that has not ended is told once more to.
    private static final Duration STOP_AGAIN = Duration.ofMillis(5);

    /// Memory of answers that is not used for so long, and at most twice as long, is given back.
    private static final int BEATS_A_TRIM = 100;

    private final LinkKind link;
    private final ControlSocket socket;
    private final Engine engine;
    private final ExecutorService loader =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("loader").factory());
    private final Map<Integer, Running> models = new HashMap<>();

    private final SharedRegion in;
    private final SharedRegion out;
    private final Doorbells doorbells;
    private final MappedSegments inputs;
    private final AnswerMemory answers;
    private final WorkerMemory memory;

    /// Opens when the server wants this worker to serve: at once, or when it takes the place of another.
    private final CountDownLatch serving = new CountDownLatch(1);

    /// A model and the threads of its instances.
    private record Running(LoadedModel model, List<InstanceLoop> loops, List<Thread> threads) {}

    /// Attaches to the memory that the server's first message brings.
    Worker(LinkKind link, ControlSocket socket, Engine engine) throws IOException {
        this.link = link;
        this.socket = socket;
        this.engine = engine;
        ControlSocket.Frame frame = socket.receive();
        if (!(ControlMessage.decoded(frame.bytes()) instanceof ControlMessage.Attach attach)) {
            throw new LinkException("the server's first message is no Attach");
        }
        List<Handle> handles = frame.handles();
        if (handles.size() < 2) {
            throw new LinkException(
                    "handles: %d (expected: those of IN and OUT first)".formatted(handles.size()));
        }
        in = handles.get(0).attach(attach.inSize(), false);
        out = handles.get(1).attach(attach.outSize(), true);
        LinkLayout.checkHeader("IN", in.memory());
        int loops = LinkLayout.loops(in.memory());
        doorbells = socket.workerDoorbells(in, loops, handles.subList(2, handles.size()));
        LinkLayout.writeOutHeader(out.memory());
        inputs = new MappedSegments(in);
        answers = new AnswerMemory(in, out, loops, this::disconnected);
        memory =
                new WorkerMemory(
                        in,
                        out,
                        inputs,
                        answers,
                        new CompletionWriter(in, out, loops, doorbells),
                        new StartedExecutions(out),
                        new CancelWords(in),
                        new CallTable());
    }

    /// Serves until the server is gone.
    void run() throws IOException {
        Thread heartbeat = Thread.ofPlatform().name("heartbeat").daemon().start(this::beat);
        try {
            socket.send(new ControlMessage.Attached(engine.version()).encoded());
            listen();
        } finally {
            // Before the socket is closed: it would take that for an op's doing.
            heartbeat.interrupt();
            joined(heartbeat);
        }
    }

    private static void joined(Thread ending) {
        try {
            ending.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() throws IOException {
        while (true) {
            ControlSocket.Frame frame = socket.receive();
            ControlMessage message = ControlMessage.decoded(frame.bytes());
            switch (message) {
                case ControlMessage.Load load -> loader.execute(() -> load(load));
                case ControlMessage.Unload unload -> loader.execute(() -> unload(unload.model()));
                // After the loads and unloads before it: lanes may have changed hands.
                case ControlMessage.Serve() -> loader.execute(serving::countDown);
                case ControlMessage.AddSegment(int number, long size) ->
                        inputs.add(number, segment(frame), size);
                case ControlMessage.DropSegment(int number) -> inputs.drop(number);
                case ControlMessage.CallAnswered answered ->
                        memory.calls().heard(answered.call(), answered);
                case ControlMessage.CallFailed failed ->
                        memory.calls().heard(failed.call(), failed);
                case ControlMessage.Attach _,
                        ControlMessage.Attached _,
                        ControlMessage.Loaded _,
                        ControlMessage.LoadFailed _,
                        ControlMessage.Unloaded _ ->
                        throw new LinkException("unexpected message from the server: " + message);
            }
        }
    }

    private static Handle segment(ControlSocket.Frame frame) throws LinkException {
        if (frame.handles().size() != 1) {
            throw new LinkException(
                    "handles: %d (expected: that of a segment)".formatted(frame.handles().size()));
        }
        return frame.handles().getFirst();
    }

    /// Says that this process lives, as long as it can be asked and can answer.
    private void beat() {
        try {
            for (int beats = 1; true; beats++) {
                if (!socket.isOpen() || !out.isOpen()) {
                    disconnected();
                }
                LinkLayout.beat(out.memory());
                Thread.sleep(BEAT_MILLIS);
                if (serving.getCount() == 0) {
                    answers.tend();
                }
                if (beats % BEATS_A_TRIM == 0) {
                    answers.trim();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// An op has closed descriptors of this process: ends it, before a request fails for that.
    private void disconnected() {
        System.err.println("worker: an op has closed descriptors of this process");
        link.exit(LinkKind.DISCONNECTED);
    }

    private void load(ControlMessage.Load load) {
        ControlMessage answer;
        try {
            List<Path> libraries = load.opLibraries().stream().map(Path::of).toList();
            LoadedModel model =
                    engine.load(
                            new ModelSource(
                                    load.name(),
                                    Path.of(load.file()),
                                    libraries,
                                    load.parameters(),
                                    load.declared(),
                                    load.settings()));
            answer = new ControlMessage.Loaded(load.model(), model.signature());
            checkLimits(answer);
            models.put(load.model(), start(load, model));
        } catch (EngineException | LinkException | RuntimeException failure) {
            answer =
                    new ControlMessage.LoadFailed(
                            load.model(), String.valueOf(failure.getMessage()));
        }
        answer(answer);
    }

    /// The server ends a worker that says more than it may.
    private static void checkLimits(ControlMessage answer) throws LinkException {
        byte[] frame = answer.encoded();
        if (frame.length > ControlSocket.MAX_FRAME_FROM_WORKER) {
            throw new LinkException(
                    "the model's inputs and outputs take %d bytes to describe (expected: at most %d)"
                            .formatted(frame.length, ControlSocket.MAX_FRAME_FROM_WORKER));
        }
        ControlMessage _ = ControlMessage.decoded(frame);
    }

    private void answer(ControlMessage answer) {
        try {
            socket.send(answer.encoded());
        } catch (LinkException _) {
            // The server is gone; the listening thread learns it too and ends the process.
        }
    }

    private Running start(ControlMessage.Load load, LoadedModel model) throws EngineException {
        List<Instance> instances = instances(model, load.instances());
        List<InstanceLoop> loops = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            InstanceLoop loop =
                    new InstanceLoop(
                            work(instances.get(i), model.signature()),
                            new RequestLaneReader(in, out, load.firstLane() + i, doorbells),
                            memory.completions(),
                            serving);
            String name = InstanceLoop.threadName(load.name(), load.firstLane() + i);
            Thread thread = new Thread(null, loop, name, STACK_SIZE);
            loops.add(loop);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        return new Running(model, loops, threads);
    }

    private LaneWork work(Instance instance, Signature signature) {
        return switch (instance) {
            case ModelInstance plain -> new PlainWork(plain, signature, memory);
            case DecoupledInstance decoupled -> new DecoupledWork(decoupled, signature, memory);
        };
    }

    /// All of them or, since the server tries again, none, and then no model either.
    private static List<Instance> instances(LoadedModel model, int count) throws EngineException {
        List<Instance> instances = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                instances.add(model.newInstance());
            }
            return instances;
        } catch (EngineException | RuntimeException failure) {
            instances.forEach(Instance::close);
            model.close();
            throw failure;
        }
    }

    private void unload(int number) {
        Running running = models.remove(number);
        if (running != null) {
            end(running);
        }
        answer(new ControlMessage.Unloaded(number));
    }

    private static void end(Running running) {
        running.loops().forEach(InstanceLoop::stop);
        try {
            for (int i = 0; i < running.threads().size(); i++) {
                while (!running.threads().get(i).join(STOP_AGAIN)) {
                    running.loops().get(i).stop();
                }
            }
            running.model().close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
