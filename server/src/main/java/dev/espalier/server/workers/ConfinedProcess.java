package dev.espalier.server.workers;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A worker's process as the kernel knows it: its id, its confinement, its end, its folder.
///
/// With the starter the child of the server is the starter, and the worker is the starter's child;
/// without one for this machine the worker is our own child. Safe for use by several threads.
final class ConfinedProcess {
    private static final Logger LOG = System.getLogger(ConfinedProcess.class.getName());
    private static final long BEGIN_SECONDS = 60;
    private static final long CLEAR_SECONDS = 5;
    private static final long READ_MILLIS = 1_000;
    private static final String PLAIN = "not confined: started without the starter";

    private final WorkerLauncher.Started started;
    private final WorkerOutput output;
    private final @Nullable StarterReports reports;
    private final CompletableFuture<ProcessEnd> ended;
    private final long pid;

    /// The process itself, not whoever may have its id once it has ended; null where it ended at once.
    private final @Nullable ProcessHandle handle;

    private final String confinement;

    private ConfinedProcess(
            WorkerLauncher.Started started,
            WorkerOutput output,
            @Nullable StarterReports reports,
            CompletableFuture<ProcessEnd> ended,
            Starter.Report.Begun begun) {
        this.started = started;
        this.output = output;
        this.reports = reports;
        this.ended = ended;
        this.pid = begun.pid();
        this.handle = ProcessHandle.of(pid).orElse(null);
        this.confinement = begun.confinement();
    }

    /// Starts a process whose output goes to the log as `label`'s.
    ///
    /// @throws IOException when it does not begin; the message says why
    static ConfinedProcess start(String label, WorkerLauncher.Started started) throws IOException {
        Process process = started.process();
        WorkerOutput output =
                new WorkerOutput(
                        label,
                        started.confined() ? process.getErrorStream() : process.getInputStream());
        read("output of " + label, output, process);
        CompletableFuture<ProcessEnd> exit =
                process.onExit().thenApply(gone -> ProcessEnd.ofExitValue(gone.exitValue()));
        if (!started.confined()) {
            return new ConfinedProcess(
                    started, output, null, exit, new Starter.Report.Begun(process.pid(), PLAIN));
        }
        StarterReports reports = new StarterReports(label, process.getInputStream());
        read(
                "reports on " + label,
                () -> {
                    reports.run();
                    // A worker of which nobody will hear is not kept.
                    if (!reports.ended().isDone()) {
                        process.destroyForcibly();
                    }
                },
                process);
        // A starter that ends by itself was killed, and its worker with it.
        CompletableFuture<ProcessEnd> ended = reports.ended().applyToEither(exit, end -> end);
        return new ConfinedProcess(started, output, reports, ended, begun(started, reports, exit));
    }

    /// Reads one of the process's pipes, whose end is that of the process where the reader fails.
    ///
    /// On a thread: a virtual one that reads a pipe keeps its carrier, of which there are as many as cores.
    private static void read(String name, Runnable reader, Process process) {
        Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> {
                    try {
                        reader.run();
                    } catch (RuntimeException | Error failure) {
                        process.destroyForcibly();
                        LOG.log(
                                Level.ERROR,
                                name + " cannot be read; the process is ended",
                                failure);
                    }
                });
    }

    private static Starter.Report.Begun begun(
            WorkerLauncher.Started started,
            StarterReports reports,
            CompletableFuture<ProcessEnd> exit)
            throws IOException {
        String failure;
        try {
            Object first =
                    CompletableFuture.anyOf(reports.begun(), exit)
                            .get(BEGIN_SECONDS, TimeUnit.SECONDS);
            switch (first) {
                case Starter.Report.Begun begun -> {
                    return begun;
                }
                case Starter.Report.Refused(String reason) -> failure = "cannot start: " + reason;
                default -> failure = "its starter ended: " + first;
            }
        } catch (ExecutionException | TimeoutException slow) {
            failure = "did not begin within " + BEGIN_SECONDS + " s";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            failure = "was interrupted";
        }
        clear(started);
        throw new IOException(failure);
    }

    long pid() {
        return pid;
    }

    /// The id of the process that connects to the control socket: the starter's where there is one.
    long connector() {
        return started.process().pid();
    }

    /// What is in force, in words.
    String confinement() {
        return confinement;
    }

    boolean hasEnded() {
        return ended.isDone();
    }

    /// Waits for the end.
    ///
    /// @return how it ended; null when it has not within this time
    @Nullable ProcessEnd awaitEnd(long millis) {
        try {
            return ended.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return null;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /// The limit that the starter has ended it for; null for none.
    @Nullable DeathCause overrun() {
        return reports == null ? null : reports.overrun();
    }

    /// Ends it with SIGKILL, which a stopped process and one that handles every signal obey too.
    void kill() {
        if (!hasEnded() && handle != null) {
            boolean _ = handle.destroyForcibly();
        }
    }

    /// Whether it runs at this moment: not whoever may have its id by now.
    boolean isAlive() {
        return !hasEnded() && handle != null && handle.isAlive();
    }

    /// Ends what attends to it, too, since that does not say how it ended: somebody may have stopped it. The worker goes
    /// with it.
    void abandon() {
        Process _ = started.process().destroyForcibly();
    }

    /// Where its JVM writes about a crash.
    Path errorFile() {
        return started.folder().errorFile();
    }

    /// The last lines that it wrote; waits a moment for those of one that has ended.
    List<String> lastLines() {
        if (hasEnded()) {
            output.awaitEnd(READ_MILLIS);
        }
        return output.lastLines();
    }

    /// Removes everything that is left of it: processes that it has forked, its folder.
    void clear() {
        clear(started);
    }

    private static void clear(WorkerLauncher.Started started) {
        Process process = started.process();
        try {
            // The starter takes the end of its input as leave to clear up and go.
            process.getOutputStream().close();
            if (!started.confined() || !process.waitFor(CLEAR_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException _) {
            process.destroyForcibly();
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        started.remove();
    }
}
