package dev.espalier.server.workers;

import dev.espalier.server.config.SupervisionOptions;
import dev.espalier.server.execution.LinkedWorker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The signs of life of one worker, looked at again and again by the [WorkerWatch].
final class Vitals {
    /// Looks without a heartbeat until a process is taken for stopped. Counted, not timed, so that a
    /// machine that slept does not end its workers.
    static final int MOST_SILENT_LOOKS = 100;

    /// Looks without a heartbeat until a process is suspect. It beats twice a look.
    private static final int SUSPICIOUS_LOOKS = 10;

    /// Looks at which a process hides its memory until it is taken for one that has too much.
    private static final int MOST_HIDDEN_LOOKS = 20;

    /// An op that scribbles over the ring spoils single entries; more is meant.
    private static final int MOST_NONSENSE = 100;

    private final WorkerProcess process;
    private final LinkedWorker link;
    private final long memoryLimit;
    private final long loadLimitNanos;
    private final byte[] buffer = ProcessStatus.buffer();
    private long lastBeat = -1;
    private int silentLooks;
    private int hiddenLooks;

    /// @param supervision what a worker may take
    Vitals(WorkerProcess process, SupervisionOptions supervision) {
        this.process = process;
        this.link = process.link();
        this.memoryLimit = supervision.memoryBytes();
        this.loadLimitNanos = supervision.loadTimeout().toNanos();
    }

    WorkerProcess process() {
        return process;
    }

    /// Looks once.
    ///
    /// @return what the worker must be ended for; null for nothing
    @Nullable DeathCause look(long now, long lookMillis) {
        link.wakeLoops();
        link.tendMemory();
        long beat = link.heartbeat();
        silentLooks = beat == lastBeat ? silentLooks + 1 : 0;
        lastBeat = beat;
        if (silentLooks >= MOST_SILENT_LOOKS) {
            return new DeathCause.NoHeartbeat(silentLooks * lookMillis);
        }
        LinkedWorker.Overdue overdue = link.overdue(now);
        if (overdue != null) {
            return new DeathCause.NoAnswer(overdue.lane(), overdue.limitMillis());
        }
        int nonsense = link.nonsense();
        if (nonsense > MOST_NONSENSE) {
            return new DeathCause.Nonsense(
                    "%d completions of nothing that it runs".formatted(nonsense));
        }
        if (link.takesNothingBack()) {
            return new DeathCause.Nonsense("it takes the memory of its answers back no more");
        }
        Orders.Order stuck =
                loadLimitNanos == 0 ? null : process.orders().overdue(now, loadLimitNanos);
        if (stuck != null) {
            return new DeathCause.Stuck(stuck, TimeUnit.NANOSECONDS.toSeconds(loadLimitNanos));
        }
        ProcessStatus status = ProcessStatus.of(process.pid(), buffer);
        if (status == null) {
            return null;
        }
        hiddenLooks = status.isHidden() ? hiddenLooks + 1 : 0;
        if (memoryLimit > 0 && hiddenLooks >= MOST_HIDDEN_LOOKS) {
            return new DeathCause.TooMuchMemory(memoryLimit);
        }
        DeathCause overrun = status.overrun(memoryLimit, link.mappedBytes());
        // It may have ended meanwhile, and the status be that of whoever has its id now.
        return overrun == null || process.isAlive() ? overrun : null;
    }

    /// Whether the process seems to stand still.
    boolean isSuspicious() {
        return silentLooks >= SUSPICIOUS_LOOKS;
    }
}
