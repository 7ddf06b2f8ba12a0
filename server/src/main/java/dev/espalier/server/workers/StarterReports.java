package dev.espalier.server.workers;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What the starter reports of a worker, on a pipe that the worker never has.
///
/// One thread reads; when it ends, all that will be known is known.
final class StarterReports implements Runnable {
    private static final Logger LOG = System.getLogger(StarterReports.class.getName());
    private static final int LONGEST_LINE = 4_000;

    private final String label;
    private final InputStream stream;
    private final CompletableFuture<Starter.Report> begun = new CompletableFuture<>();
    private volatile @Nullable DeathCause overrun;
    private final CompletableFuture<ProcessEnd> ended = new CompletableFuture<>();

    /// @param label what operators call the worker
    StarterReports(String label, InputStream stream) {
        this.label = label;
        this.stream = stream;
    }

    /// The first report: that the worker runs, or why it does not.
    CompletableFuture<Starter.Report> begun() {
        return begun;
    }

    /// What the worker had more of than it may, so that it was ended; null for nothing.
    @Nullable DeathCause overrun() {
        return overrun;
    }

    /// How the worker ended, once that is told.
    CompletableFuture<ProcessEnd> ended() {
        return ended;
    }

    @Override
    public void run() {
        try (stream) {
            read();
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "reports on worker {0}: {1}", label, gone.getMessage());
        }
    }

    private void read() throws IOException {
        LineCutter lines = new LineCutter(LONGEST_LINE, this::line);
        byte[] buffer = new byte[LONGEST_LINE];
        int count;
        while ((count = stream.read(buffer)) >= 0) {
            lines.take(buffer, count);
        }
        lines.end();
    }

    private void line(String text) {
        switch (Starter.Report.of(text)) {
            case Starter.Report.Ended(ProcessEnd end) -> ended.complete(end);
            case Starter.Report.Overrun(DeathCause cause) -> overrun = cause;
            case Starter.Report first -> begun.complete(first);
        }
    }
}
