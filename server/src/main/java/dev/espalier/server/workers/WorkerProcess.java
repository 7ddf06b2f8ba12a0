package dev.espalier.server.workers;

import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.execution.SegmentMapping;
import dev.espalier.server.failure.InternalErrors;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One worker process and the control socket to it, from its start to its end. What it says waits in an
/// inbox until somebody takes it, so that a standby can load its models before anybody listens.
final class WorkerProcess {
    private static final Logger LOG = System.getLogger(WorkerProcess.class.getName());
    private static final long LOOK_MILLIS = 50;
    private static final long END_MILLIS = 5_000;
    private static final int LONGEST_WORDS = 300;

    private final String label;
    private final ConfinedProcess process;
    private final ControlSocket socket;
    private final LinkedWorker link;
    private final String engineVersion;
    private final InternalErrors errors;
    private final Orders orders = new Orders();
    private final CallAnswers calls;

    /// Holds no more than there were orders.
    private final BlockingQueue<News> inbox = new LinkedBlockingQueue<>();

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
            String engineVersion,
            InternalErrors errors) {
        this.label = label;
        this.errors = errors;
        this.process = process;
        this.socket = socket;
        this.link = link;
        this.engineVersion = engineVersion;
        this.calls =
                new CallAnswers(
                        label,
                        reply -> tell(reply, List.of()),
                        () ->
                                stop(
                                        new DeathCause.Deaf(
                                                "did not read what has come of its models' calls")),
                        errors);
        Thread.ofPlatform().name("control of " + label).daemon().start(this::listen);
    }

    /// Starts a process and waits until it has attached to `link`.
    ///
    /// @param attempt what gives this up where it takes too long
    /// @throws IOException when it cannot be started, or ends before; the message says how
    static WorkerProcess start(
            String label, EnginePack pack, WorkerSite site, LinkedWorker link, StartAttempt attempt)
            throws IOException {
        try (ControlSocket.Listener listener = site.links().listen()) {
            ConfinedProcess process = begin(label, pack, site, listener, attempt);
            attempt.started(process);
            try {
                ControlSocket socket = accept(listener, process);
                boolean calls = site.launcher().calls(pack.engine().engine());
                return attach(label, process, socket, link, calls, attempt, site.errors());
            } catch (IOException failure) {
                String why = failed(process, attempt, failure);
                attempt.over();
                process.clear();
                throw new IOException(why, failure);
            }
        }
    }

    private static ConfinedProcess begin(
            String label,
            EnginePack pack,
            WorkerSite site,
            ControlSocket.Listener listener,
            StartAttempt attempt)
            throws IOException {
        WorkerLauncher.Started started = site.launcher().start(pack, listener.address());
        attempt.beginning(started.process());
        try {
            return ConfinedProcess.start(label, started);
        } catch (IOException failure) {
            String givenUp = attempt.givenUp();
            attempt.over();
            throw givenUp == null ? failure : new IOException(givenUp, failure);
        }
    }

    private static ControlSocket accept(ControlSocket.Listener listener, ConfinedProcess process)
            throws IOException {
        while (!process.hasEnded()) {
            ControlSocket socket = listener.accept(process.connector(), LOOK_MILLIS);
            if (socket != null) {
                return socket;
            }
        }
        throw new IOException("did not connect");
    }

    private static WorkerProcess attach(
            String label,
            ConfinedProcess process,
            ControlSocket socket,
            LinkedWorker link,
            boolean calls,
            StartAttempt attempt,
            InternalErrors errors)
            throws IOException {
        attempt.connected(socket);
        try {
            socket.send(
                    new ControlMessage.Attach(link.inSize(), link.outSize()).encoded(),
                    link.handles());
            if (ControlMessage.decoded(socket.receive().bytes())
                    instanceof ControlMessage.Attached(String version)) {
                link.attach(socket);
                WorkerProcess attached =
                        new WorkerProcess(label, process, socket, link, version, errors);
                link.map(attached.new Segments());
                if (calls) {
                    link.hearCalls(attached.calls);
                }
                attempt.over();
                return attached;
            }
            throw new LinkException("began with another message than Attached");
        } catch (IOException failure) {
            attempt.over();
            socket.close();
            throw failure;
        }
    }

    /// Why a process did not start: what was wrong with what it said, else its own end and last words where it has
    /// ended, else what we saw.
    private static String failed(ConfinedProcess process, StartAttempt attempt, IOException seen) {
        String givenUp = attempt.givenUp();
        if (givenUp != null) {
            process.kill();
            return givenUp;
        }
        boolean lied = seen instanceof LinkException failure && failure.isPeersFault();
        ProcessEnd end = lied ? null : process.awaitEnd(LOOK_MILLIS);
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
            while (isSensible(socket.receive().bytes())) {
                // The next one, please.
            }
        } catch (LinkException failure) {
            if (failure.isPeersFault()) {
                stop(new DeathCause.Nonsense(String.valueOf(failure.getMessage())));
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "{0}: {1}", this, gone.getMessage());
        } catch (RuntimeException | Error failure) {
            errors.report("control", toString(), failure);
            stop(new DeathCause.Nonsense("the server fails to read it: " + failure));
        }
        calls.close();
        inbox.add(new News.Gone());
    }

    /// Passes on what it says. False where that ends it.
    private boolean isSensible(byte[] frame) {
        String wrong;
        try {
            ControlMessage message = ControlMessage.decoded(frame);
            wrong = orders.answer(message);
            if (wrong == null) {
                inbox.add(new News.Said(message));
                return true;
            }
        } catch (LinkException failure) {
            wrong = failure.getMessage();
        }
        stop(new DeathCause.Nonsense(String.valueOf(wrong)));
        return false;
    }

    /// What it has been told and has not done yet.
    Orders orders() {
        return orders;
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

    /// Whether it runs at this moment, whatever the starter has told.
    boolean isAlive() {
        return process.isAlive();
    }

    /// Tells it; one that is gone does not hear it, and whoever takes its news learns that.
    void tell(ControlMessage message) {
        orders.give(message);
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
        if (end == null) {
            process.abandon();
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
        DeathCause overrun = process.overrun();
        if (overrun != null) {
            return overrun;
        }
        CrashReport report = CrashReport.read(process.errorFile());
        if (report != null) {
            return new DeathCause.Crashed(report, report.place(opLibraries));
        }
        return switch (end) {
            case ProcessEnd.Exited(int code) when code == LinkKind.DISCONNECTED ->
                    new DeathCause.Disconnected();
            case ProcessEnd.Exited(int code) when code == LinkKind.ENGINE_LOST ->
                    new DeathCause.EngineLost(lastWords(process.lastLines()));
            case ProcessEnd.Exited(int code) -> new DeathCause.Exited(code);
            case ProcessEnd.Signalled(int number) -> new DeathCause.Signalled(number);
        };
    }

    /// What a worker said that ended itself.
    private static String lastWords(List<String> lines) {
        String last = lines.isEmpty() ? "" : lines.getLast().replaceAll("\\p{Cntrl}", "?");
        return last.length() > LONGEST_WORDS ? last.substring(0, LONGEST_WORDS) + "..." : last;
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
