package dev.espalier.server.workers;

import dev.espalier.link.LinkException;
import dev.espalier.link.ProbeEvent;
import dev.espalier.server.config.Grants;
import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.ops.Probe;
import dev.espalier.server.ops.ProbeOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens op libraries in short-lived workers, which are started, confined, limited, ended and cleared away as
/// all workers are.
///
/// @param limit how long a probe may be silent once it has begun
public record ProbeProcess(EnginePack pack, WorkerLauncher launcher, Duration limit)
        implements Probe {
    private static final long LOOK_MILLIS = 50;

    /// How long a process may take to start: nothing of the library runs then, and the machine may be busy.
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final int LONGEST_WORDS = 200;

    @Override
    public String engine() {
        return pack.engine().toString();
    }

    @Override
    public ProbeOutcome look(OpLibrary library) throws InterruptedException {
        try {
            WorkerFolder folder = WorkerFolder.create();
            try (ProbeEvents events = new ProbeEvents(folder.probeEvents())) {
                return look(library, folder, events);
            } finally {
                folder.remove();
            }
        } catch (IOException failure) {
            return new ProbeOutcome(
                    List.of(), "could not be started: " + failure.getMessage(), limit, "");
        }
    }

    private ProbeOutcome look(OpLibrary library, WorkerFolder folder, ProbeEvents events)
            throws IOException, InterruptedException {
        ConfinedProcess process =
                ConfinedProcess.start(
                        "probe of " + library.stored().getFileName(),
                        launcher.reading(library.root(), Grants.NONE, List.of())
                                .startProbe(pack, folder, library.stored()));
        try {
            return outcome(process, events);
        } catch (LinkException nonsense) {
            return new ProbeOutcome(
                    List.of(), String.valueOf(nonsense.getMessage()), limit, lastWords(process));
        } finally {
            process.kill();
            process.clear();
        }
    }

    private ProbeOutcome outcome(ConfinedProcess process, ProbeEvents events)
            throws IOException, InterruptedException {
        byte[] buffer = ProcessStatus.buffer();
        int told = 0;
        long lastEvent = System.nanoTime();
        ProcessEnd end;
        while ((end = process.awaitEnd(LOOK_MILLIS)) == null) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            List<ProbeEvent> now = events.soFar();
            DeathCause overrun = overrun(process, buffer);
            if (overrun != null) {
                return outcome(now, overrun.text(), limit, process);
            }
            if (now.size() > told) {
                told = now.size();
                lastEvent = System.nanoTime();
            } else {
                Duration allowed = told == 0 ? START_LIMIT : limit;
                if (System.nanoTime() - lastEvent > allowed.toNanos()) {
                    return outcome(now, "", allowed, process);
                }
            }
        }
        DeathCause overrun = process.overrun();
        if (overrun != null) {
            return outcome(events.soFar(), overrun.text(), limit, process);
        }
        CrashReport report = CrashReport.read(process.errorFile());
        return outcome(
                events.soFar(),
                report == null ? end.text() : "was ended by " + report.signal(),
                limit,
                process);
    }

    private @Nullable DeathCause overrun(ConfinedProcess process, byte[] buffer) {
        ProcessStatus status = ProcessStatus.of(process.pid(), buffer);
        return status == null ? null : status.overrun(launcher.memoryLimit(), 0);
    }

    private static ProbeOutcome outcome(
            List<ProbeEvent> events, String ending, Duration allowed, ConfinedProcess process) {
        return new ProbeOutcome(events, ending, allowed, lastWords(process));
    }

    private static String lastWords(ConfinedProcess process) {
        String line =
                process.lastLines().reversed().stream()
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .findFirst()
                        .orElse("");
        return line.length() > LONGEST_WORDS ? line.substring(0, LONGEST_WORDS) + "..." : line;
    }
}
