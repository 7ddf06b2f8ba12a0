package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedWorker;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/// Starts the processes of one host, its standby's among them, and puts them under the [WorkerWatch].
///
/// Safe for use by several threads.
final class WorkerStarts {
    private static final Logger LOG = System.getLogger(WorkerStarts.class.getName());

    private final String label;
    private final EnginePack pack;
    private final WorkerSite site;
    private final InputMemory input;

    @GuardedBy("this")
    private final List<StartAttempt> attempts = new ArrayList<>();

    @GuardedBy("this")
    private boolean closed;

    WorkerStarts(String label, EnginePack pack, WorkerSite site, InputMemory input) {
        this.label = label;
        this.pack = pack;
        this.site = site;
        this.input = input;
    }

    /// Starts a process and waits until it has attached.
    ///
    /// @throws IOException when it does not; the message says why
    WorkerProcess start() throws IOException {
        StartAttempt attempt = new StartAttempt();
        begin(attempt);
        LinkedWorker link = new LinkedWorker(label, site.loops(), input, site.launcher().hints());
        try {
            WorkerProcess process = WorkerProcess.start(label, pack, site, link, attempt);
            LOG.log(
                    Level.INFO,
                    "{0} runs {1} {2}; {3}",
                    process,
                    pack.engine().engine(),
                    process.engineVersion(),
                    process.confinement());
            site.watch().add(new Vitals(process, site.supervision()));
            return process;
        } catch (IOException failure) {
            link.discard();
            throw failure;
        } finally {
            end(attempt);
        }
    }

    private void begin(StartAttempt attempt) throws IOException {
        synchronized (this) {
            if (closed) {
                throw new IOException("is not wanted any more");
            }
            attempts.add(attempt);
        }
        site.watch().add(attempt);
    }

    private void end(StartAttempt attempt) {
        site.watch().remove(attempt);
        synchronized (this) {
            attempts.remove(attempt);
        }
    }

    /// Ends a process that has never served.
    void discard(WorkerProcess process) {
        site.watch().remove(process);
        process.discard();
    }

    /// Gives up what is starting, and starts nothing any more.
    void close() {
        List<StartAttempt> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(attempts);
        }
        open.forEach(attempt -> attempt.giveUp("was not wanted any more"));
    }
}
