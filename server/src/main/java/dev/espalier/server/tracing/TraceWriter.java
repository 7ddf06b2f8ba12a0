package dev.espalier.server.tracing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.failure.InternalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Takes traces from the event loops and writes them on a thread of its own, which begins with the first one. What does
/// not fit into the line is dropped and counted: no request waits for its trace. Safe for use by several threads.
public final class TraceWriter implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TraceWriter.class.getName());

    /// Traces that may wait where nobody says how many; each takes some 3 KB at most.
    static final int MOST_WAITING = 8192;

    /// How soon the thread sees that the end has come, or that what has been kept is due.
    private static final long LOOK_MILLIS = 200;

    private static final long CLOSE_SECONDS = 5;

    private final Source exporters;
    private final InternalErrors errors;
    private final BlockingQueue<RequestTrace> line;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    @GuardedBy("this")
    private @Nullable Thread thread;

    private volatile boolean closing;

    /// Makes what traces go to, once there is one.
    interface Source {
        TraceExporter open();
    }

    /// @param mostWaiting how many traces may wait
    TraceWriter(Source exporters, int mostWaiting, InternalErrors errors) {
        this.exporters = exporters;
        this.line = new ArrayBlockingQueue<>(mostWaiting);
        this.errors = errors;
    }

    void take(RequestTrace trace) {
        if (closing || !line.offer(trace)) {
            dropped.incrementAndGet();
            return;
        }
        synchronized (this) {
            if (thread == null && !closing) {
                thread =
                        Thread.ofPlatform()
                                .name("traces")
                                .daemon()
                                .start(errors.root("traces", this::run));
            }
        }
    }

    private void run() {
        try (Exports exports = new Exports()) {
            while (!closing || !line.isEmpty()) {
                exports.tellOfDropped();
                RequestTrace next = line.poll();
                if (next == null) {
                    exports.flush();
                    next = line.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                }
                if (next != null) {
                    exports.export(next);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// How many traces were written, dropped because too many waited, and failed to be written.
    Map<String, Long> counts() {
        return new TreeMap<>(
                Map.of(
                        "written", written.get(),
                        "dropped", dropped.get(),
                        "failed", failed.get()));
    }

    /// Writes what waits, and ends.
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closing = true;
            running = thread;
        }
        if (running == null) {
            return;
        }
        try {
            if (!running.join(Duration.ofSeconds(CLOSE_SECONDS))) {
                LOG.log(Level.WARNING, "traces are still being written and are given up");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// What traces go to, made when the first one comes; failures are told once until something works again.
    private final class Exports implements AutoCloseable {
        private @Nullable TraceExporter exporter;
        private boolean told;
        private boolean toldOfDropped;

        private interface Step {
            int run(TraceExporter exporter) throws TraceExporter.Loss;
        }

        void export(RequestTrace trace) {
            step(trace.subject().model(), 1, exporter -> exporter.export(trace));
        }

        /// Here, because event loops wait for no log.
        void tellOfDropped() {
            if (!toldOfDropped && dropped.get() > 0) {
                toldOfDropped = true;
                LOG.log(
                        Level.WARNING,
                        "traces are dropped: more than {0} wait for their file or collector; others are only counted",
                        line.size() + line.remainingCapacity());
            }
        }

        void flush() {
            if (exporter != null) {
                step("what waits", 0, TraceExporter::flush);
            }
        }

        /// @param lost how many traces are lost where it fails as nobody expected, which is no reason to end the server
        private void step(String subject, int lost, Step step) {
            try {
                TraceExporter open = exporter;
                if (open == null) {
                    open = exporters.open();
                    exporter = open;
                }
                int done = step.run(open);
                written.addAndGet(done);
                told &= done == 0;
            } catch (TraceExporter.Loss loss) {
                failed.addAndGet(loss.traces());
                if (!told) {
                    told = true;
                    LOG.log(Level.WARNING, "traces cannot be written: {0}", loss.getMessage());
                }
            } catch (RuntimeException failure) {
                failed.addAndGet(lost);
                errors.report("traces", subject, failure);
            }
        }

        @Override
        public void close() {
            if (exporter != null) {
                step("the end", 0, TraceExporter::close);
            }
        }
    }
}
