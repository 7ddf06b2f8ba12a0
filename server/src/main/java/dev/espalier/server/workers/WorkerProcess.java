package dev.espalier.server.workers;

import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.execution.SegmentMapping;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One worker process and the control socket to it, from its start to its end. What it says waits in an
/// inbox until somebody takes it, so that a standby can load its models before anybody listens.
final class WorkerProcess {
    private static final Logger LOG = System.getLogger(WorkerProcess.class.getName());
    private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_MILLIS = 50;
    private static final long END_MILLIS = 5_000;

    private final String label;
    private final ConfinedProcess process;
    private final ControlSocket socket;
    private final LinkedWorker link;
    private final String engineVersion;
    private final BlockingQueue<News> inbox = new LinkedBlockingQueue<>();

    /// Answers that it may still give: one to each load and unload.
    private final AtomicInteger owed = new AtomicInteger();

    private final AtomicReference<@Nullable DeathCause> verdict = new AtomicReference<>();
    private volatile boolean suspect;

    /// What becomes known of a process.
    sealed interface News {
        record Said(ControlMessage message) implements News {}

        /// Its end of the control socket is closed: it is dead, or as good as dead.
        record Gone() implements News {}
    }

    /// Tells the process of segments. One that is gone does not hear it.
    private final class Segments implements SegmentMapping {
        @Override
        public void add(int number, SharedRegion region) {
            tell(new ControlMessage.AddSegment(number, region.size()), List.of(region.handle()));
        }

        @Override
        public void drop(int number) {
            tell(new ControlMessage.DropSegment(number), List.of());
        }
    }

    private WorkerProcess(
            String label,
            ConfinedProcess process,
            ControlSocket socket,
            LinkedWorker link,
            String engineVersion) {
        this.label = label;
        this.process = process;
        this.socket = socket;
        this.link = link;
        this.engineVersion = engineVersion;
        Thread.ofPlatform().name("control of " + label).daemon().start(this::listen);
    }

    /// Starts a process and waits until it has attached to `link`.
    ///
    /// @throws IOException when it cannot be started, or ends before; the message says how
    static WorkerProcess start(String label, EnginePack pack, WorkerSite site, LinkedWorker link)
            throws IOException {
        try (ControlSocket.Listener listener = site.links().listen()) {
            ConfinedProcess process =
                    ConfinedProcess.start(label, site.launcher().start(pack, listener.address()));
            try {
                return attach(label, process, accept(listener, process), link);
            } catch (IOException failure) {
                String why = failed(process, failure);
                process.clear();
                throw new IOException(why, failure);
            }
        }
    }

    private static ControlSocket accept(ControlSocket.Listener listener, ConfinedProcess process)
            throws IOException {
        long deadline = System.nanoTime() + CONNECT_NANOS;
        while (!process.hasEnded()) {
            ControlSocket socket = listener.accept(process.pid(), LOOK_MILLIS);
            if (socket != null) {
                return socket;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(
                        "did not connect within %d s"
                                .formatted(TimeUnit.NANOSECONDS.toSeconds(CONNECT_NANOS)));
            }
        }
        throw new IOException("did not connect");
    }

    private static WorkerProcess attach(
            String label, ConfinedProcess process, ControlSocket socket, LinkedWorker link)
            throws IOException {
        try {
            socket.send(
                    new ControlMessage.Attach(link.inSize(), link.outSize()).encoded(),
                    link.handles());
            if (ControlMessage.decoded(socket.receive().bytes())
                    instanceof ControlMessage.Attached(String version)) {
                link.attach(socket);
                WorkerProcess attached = new WorkerProcess(label, process, socket, link, version);
                link.map(attached.new Segments());
                return attached;
            }
            throw new LinkException("began with another message than Attached");
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    /// Why a process did not start: its own end and last words where it has ended, else what we saw.
    private static String failed(ConfinedProcess process, IOException seen) {
        ProcessEnd end = process.awaitEnd(LOOK_MILLIS);
        process.kill();
        List<String> lines = process.lastLines();
        String words = lines.isEmpty() ? "" : ": " + lines.getLast();
        return "%s while it started%s"
                .formatted(
                        end == null
                                ? String.valueOf(seen.getMessage())
                                : cause(process, end, Set.of()).text(),
                        words);
    }

    private void listen() {
        try {
            while (true) {
                ControlMessage message = ControlMessage.decoded(socket.receive().bytes());
                // Else its news could fill the server's memory.
                if (owed.getAndDecrement() <= 0) {
                    throw new LinkException("an answer that nothing was asked for");
                }
                inbox.add(new News.Said(message));
            }
        } catch (LinkException failure) {
            if (failure.isPeersFault()) {
                stop(new DeathCause.Nonsense(String.valueOf(failure.getMessage())));
            }
            inbox.add(new News.Gone());
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "{0}: {1}", this, gone.getMessage());
            inbox.add(new News.Gone());
        }
    }

    LinkedWorker link() {
        return link;
    }

    long pid() {
        return process.pid();
    }

    String confinement() {
        return process.confinement();
    }

    String engineVersion() {
        return engineVersion;
    }

    boolean hasEnded() {
        return process.hasEnded();
    }

    /// Tells it; one that is gone does not hear it, and whoever takes its news learns that.
    void tell(ControlMessage message) {
        if (message instanceof ControlMessage.Load || message instanceof ControlMessage.Unload) {
            int _ = owed.incrementAndGet();
        }
        tell(message, List.of());
    }

    private void tell(ControlMessage message, List<Handle> handles) {
        try {
            socket.send(message.encoded(), handles);
        } catch (LinkException failure) {
            LOG.log(Level.DEBUG, "{0}: {1}", this, failure.getMessage());
            if (failure.isPeersFault()) {
                stop(new DeathCause.Deaf(String.valueOf(failure.getMessage())));
            }
        }
    }

    /// Waits for the next news.
    News next() throws InterruptedException {
        return inbox.take();
    }

    /// Makes it the worker that serves, the one before it being dead.
    void serve() {
        link.activate();
        tell(new ControlMessage.Serve());
    }

    /// Ends it, for a reason that its death will name. The first reason counts.
    void stop(DeathCause reason) {
        if (verdict.compareAndSet(null, reason)) {
            process.kill();
        }
    }

    /// Whether it seems to stand still.
    boolean isSuspect() {
        return suspect;
    }

    void suspect(boolean newSuspect) {
        suspect = newSuspect;
    }

    /// Tells the process to end, without waiting.
    void hangUp() {
        socket.shutdown();
    }

    /// Sees to it that the process is dead, and finds out why.
    ///
    /// @param opLibraries the file names of its op libraries, which tell an op's code from others'
    Death death(Set<String> opLibraries) {
        socket.shutdown();
        ProcessEnd end = process.awaitEnd(END_MILLIS);
        if (end == null) {
            stop(new DeathCause.Disconnected());
            end = process.awaitEnd(END_MILLIS);
        }
        DeathCause judged = verdict.get();
        DeathCause cause = judged;
        if (cause == null) {
            cause = cause(process, end == null ? new ProcessEnd.Signalled(9) : end, opLibraries);
        }
        return new Death(Instant.now(), label, pid(), cause);
    }

    private static DeathCause cause(
            ConfinedProcess process, ProcessEnd end, Set<String> opLibraries) {
        CrashReport report = CrashReport.read(process.errorFile());
        if (report != null) {
            return new DeathCause.Crashed(report, report.place(opLibraries));
        }
        return switch (end) {
            case ProcessEnd.Exited(int code) when code == LinkKind.DISCONNECTED ->
                    new DeathCause.Disconnected();
            case ProcessEnd.Exited(int code) -> new DeathCause.Exited(code);
            case ProcessEnd.Signalled(int number) -> new DeathCause.Signalled(number);
        };
    }

    /// Ends one that has never served.
    void discard() {
        stop(new DeathCause.Disconnected());
        link.discard();
        clear();
    }

    /// Keeps what it left.
    ///
    /// @return the file; empty for none
    String keep(DeathRecords records, Death death, List<String> models) {
        return records.keep(death, models, process.lastLines(), process.errorFile());
    }

    /// Removes what is left of it.
    void clear() {
        process.clear();
        socket.close();
    }

    @Override
    public String toString() {
        return "worker %s (pid %d)".formatted(label, pid());
    }
}
