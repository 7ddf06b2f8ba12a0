import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.ReleaseReader;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLane;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.StartedExecutions;
import dev.espalier.server.execution.ExecutionInFlight;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What the hop to another process costs: an event loop of the server hands a request to the thread that
/// executes it, and gets the result back; once through the link to a worker process, and twice to a thread of
/// its own process: through the JDK's queue, whose taker spins before it sleeps, and through a queue whose
/// taker sleeps at once, as the worker does. Executing is copying the input to the output.
///
/// `Hop BYTES IN_FLIGHT ROUNDS` prints round trips a second and microseconds of CPU of both sides, each
/// way's median, and the median of the rounds' ratios of the link to the others.
final class Hop {
    private static final int ROUND_MILLIS = 2000;
    private static final int FP32 = 11;

    private Hop() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("worker")) {
            work(arguments[1]);
            return;
        }
        long size = Long.parseLong(arguments[0]);
        int inFlight = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        LinkedLoops loops = new LinkedLoops(1, LinkKind.LINUX, new InternalErrors(() -> {}));
        LinkedLoop loop = loop(loops);
        List<Way> ways =
                List.of(
                        new LinkWay(loops, size),
                        new ThreadWay("queue", loop, new SpinningQueue(), size),
                        new ThreadWay("park", loop, new ParkingQueue(), size));
        Figures[][] figures = new Figures[ways.size()][rounds];
        for (int i = -1; i < rounds; i++) { // the first one warms up
            for (int way = 0; way < ways.size(); way++) {
                Figures round = measured(ways.get(way), loop, inFlight);
                if (i >= 0) {
                    figures[way][i] = round;
                }
            }
        }
        System.out.printf("%9d B, %2d in flight:", size, inFlight);
        for (int way = 0; way < ways.size(); way++) {
            Figures[] own = figures[way];
            System.out.printf(
                    " %s %7.0f/s %6.2f us CPU",
                    ways.get(way).name(),
                    median(Arrays.stream(own).mapToDouble(Figures::rate)),
                    median(Arrays.stream(own).mapToDouble(Figures::cpuMicros)));
            if (way > 0) {
                System.out.printf(
                        " (link %.2fx)",
                        median(
                                IntStream.range(0, rounds)
                                        .mapToDouble(i -> figures[0][i].cpuMicros / own[i].cpuMicros)));
            }
        }
        System.out.println();
        System.exit(0);
    }

    private record Figures(double rate, double cpuMicros) {}

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static LinkedLoop loop(LinkedLoops loops) throws Exception {
        var found = new LinkedTransferQueue<LinkedLoop>();
        loops.serving().group().execute(() -> found.add(loops.current()));
        return found.take();
    }

    /// Keeps so many requests on their way for a round.
    private static Figures measured(Way way, LinkedLoop loop, int inFlight) throws Exception {
        AtomicLong done = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(inFlight);
        Duration cpu = way.cpu();
        long begin = System.nanoTime();
        long end = begin + ROUND_MILLIS * 1_000_000L;
        loop.execute(() -> {
            for (int i = 0; i < inFlight; i++) {
                next(way, end, done, ended);
            }
        });
        ended.await();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double micros = way.cpu().minus(cpu).toNanos() / 1e3;
        return new Figures(done.get() / seconds, micros / done.get());
    }

    private static void next(Way way, long end, AtomicLong done, CountDownLatch ended) {
        if (System.nanoTime() >= end) {
            ended.countDown();
            return;
        }
        way.request(() -> {
            done.setRelease(done.getPlain() + 1);
            next(way, end, done, ended);
        });
    }

    /// A way to whoever executes.
    private interface Way {
        String name();

        /// Has a request executed; `done` runs on the calling loop. On the loop's thread.
        void request(Runnable done);

        /// The CPU time of both sides so far.
        Duration cpu();
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /// What goes to a thread of this process.
    private interface Tasks {
        void add(Runnable task);

        /// The next one, waited for. For one thread.
        Runnable take() throws InterruptedException;
    }

    private static final class SpinningQueue implements Tasks {
        private final LinkedTransferQueue<Runnable> queue = new LinkedTransferQueue<>();

        @Override
        public void add(Runnable task) {
            queue.add(task);
        }

        @Override
        public Runnable take() throws InterruptedException {
            return queue.take();
        }
    }

    private static final class ParkingQueue implements Tasks {
        private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();

        /// Who sleeps.
        private final AtomicReference<Thread> sleeper = new AtomicReference<>();

        @Override
        public void add(Runnable task) {
            queue.add(task);
            if (sleeper.get() != null) {
                LockSupport.unpark(sleeper.getAndSet(null));
            }
        }

        @Override
        public Runnable take() {
            while (true) {
                Runnable task = queue.poll();
                if (task != null) {
                    return task;
                }
                sleeper.set(Thread.currentThread());
                if (queue.isEmpty()) {
                    LockSupport.park();
                }
                sleeper.set(null);
            }
        }
    }

    /// To a thread of this process.
    private static final class ThreadWay implements Way {
        private final String name;
        private final LinkedLoop loop;
        private final Tasks tasks;
        private final MemorySegment input;
        private final MemorySegment output;

        ThreadWay(String name, LinkedLoop loop, Tasks tasks, long size) {
            this.name = name;
            this.loop = loop;
            this.tasks = tasks;
            input = Arena.global().allocate(size, 64);
            output = Arena.global().allocate(size, 64);
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        tasks.take().run();
                    }
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void request(Runnable done) {
            tasks.add(() -> {
                output.copyFrom(input);
                loop.execute(done);
            });
        }

        @Override
        public Duration cpu() {
            return Hop.cpu(ProcessHandle.current());
        }
    }

    /// To a worker process.
    private static final class LinkWay implements Way {
        private static final long BUDGET = 64 << 20;

        private final Process process;
        private final LinkedWorker worker;
        private final RequestLane lane;
        private final RequestFrame frame;
        private final long input;
        private final long size;

        LinkWay(LinkedLoops loops, long size) throws Exception {
            this.size = size;
            Links links = LinkKind.LINUX.open();
            InputMemory memory =
                    new InputMemory(
                            new ByteBudget("request memory", "wait", BUDGET), links, Runnable::run);
            worker = new LinkedWorker("hop", loops, memory);
            try (ControlSocket.Listener listener = links.listen()) {
                process =
                        new ProcessBuilder(
                                        System.getProperty("java.home") + "/bin/java",
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-XX:+UseSerialGC",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        "Hop",
                                        "worker",
                                        listener.address())
                                .inheritIO()
                                .start();
                ControlSocket socket =
                        Objects.requireNonNull(listener.accept(process.pid(), 10_000));
                socket.send(
                        new ControlMessage.Attach(worker.inSize(), worker.outSize()).encoded(),
                        worker.handles());
                input = memory.allocate(size, size);
                memory.makePages(input, size);
                socket.receive();
                worker.attach(socket);
            }
            worker.activate();
            lane = worker.lane(0);
            frame = worker.requestFrame();
        }

        @Override
        public String name() {
            return "link";
        }

        @Override
        public void request(Runnable done) {
            int slot = worker.takeSlot(false, () -> {});
            ExecutionInFlight execution = worker.begin(slot, new Returned(done), 0, 1, 1);
            frame.begin(slot, 1, 1, 0).putWanted(0);
            frame.putInput(0, FP32, 1, input, size);
            frame.putDimension(size / Float.BYTES);
            worker.publish(execution, lane, frame.length(), 1);
        }

        @Override
        public Duration cpu() {
            return Hop.cpu(ProcessHandle.current()).plus(Hop.cpu(process.toHandle()));
        }
    }

    private record Returned(Runnable done) implements ExecutionInFlight.Completion {
        @Override
        public long limitMillis() {
            return 0;
        }

        @Override
        public void finished(ExecutionOutcome outcome) {
            if (!(outcome instanceof ExecutionOutcome.Done)) {
                System.err.println("Hop: " + outcome);
                System.exit(1);
            }
        }

        @Override
        public void deliver(ExecutionOutcome outcome, LinkedLoop loop) {
            ((ExecutionOutcome.Done) outcome).answer().release();
            done.run();
        }

        @Override
        public LinkedLoop loop(int member) {
            throw one();
        }

        @Override
        public void answered(int member, ExecutionOutcome.Done answer, boolean last) {
            throw one();
        }

        @Override
        public void ended(int member, ServingException failure) {
            throw one();
        }

        @Override
        public void returned(boolean lasting) {
            throw one();
        }

        @Override
        public void over() {
            throw one();
        }

        private static IllegalStateException one() {
            return new IllegalStateException("this worker answers once for all");
        }
    }

    // --- the worker process

    private static void work(String address) throws Exception {
        ControlSocket socket = LinkKind.LINUX.connect(address);
        ControlSocket.Frame first = socket.receive();
        ControlMessage.Attach attach = (ControlMessage.Attach) ControlMessage.decoded(first.bytes());
        List<Handle> handles = first.handles();
        SharedRegion in = handles.get(0).attach(attach.inSize(), false);
        SharedRegion out = handles.get(1).attach(attach.outSize(), true);
        LinkLayout.writeOutHeader(out.memory());
        var doorbells = socket.workerDoorbells(in, 1, handles.subList(2, handles.size()));
        var completions = new CompletionWriter(in, out, 1, doorbells);
        var lane = new RequestLaneReader(in, out, 0, doorbells);
        var segments = new MappedSegments(in);
        var blocks = new BlockAllocator(out, LinkLayout.OUT_BLOCKS);
        var started = new StartedExecutions(out);
        var releases = new ReleaseReader(in, out, 0);
        var free = new ArrayDeque<Integer>(); // blocks of frames that nobody reads
        int lease = 0;
        socket.send(new ControlMessage.Attached("hop").encoded());
        Thread.ofPlatform().daemon().start(() -> untilGone(socket));

        var request = new RequestFrame(in.memory());
        var result = new ResultFrame(out.memory());
        long output = -1;
        while (true) {
            boolean any = false;
            while (lane.poll()) {
                any = true;
                request.read(lane.slot(), lane.frameLength());
                request.nextInput();
                long size = request.byteSize();
                if (output < 0) {
                    output = blocks.allocate(size);
                }
                started.put(lane.slot(), lane.generation());
                while (releases.poll()) {
                    free.push(releases.block());
                }
                int block =
                        free.isEmpty()
                                ? LinkLayout.block(blocks.allocate(LinkLayout.LEAST_ANSWER))
                                : free.pop();
                result.begin(block, LinkLayout.LEAST_ANSWER);
                MemorySegment input =
                        MemorySegment.ofAddress(segments.locate(request.address(), size))
                                .reinterpret(size);
                MemorySegment.copy(input, 0, out.memory(), output, size);
                result.putOutput(0, FP32, 1, output, size);
                result.putDimension(request.dimension(0));
                result.putFinished(lane.generation(), ++lease);
                completions.complete(
                        0, lane.slot(), lane.generation(), block, lease, result.length());
            }
            if (any) {
                completions.ring(1);
            } else {
                lane.sleep();
            }
        }
    }

    private static void untilGone(ControlSocket socket) {
        try {
            while (true) {
                socket.receive();
            }
        } catch (Exception _) {
            Runtime.getRuntime().halt(0);
        }
    }
}
