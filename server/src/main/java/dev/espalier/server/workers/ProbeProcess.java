package dev.espalier.server.workers;

import dev.espalier.link.ProbeEvent;
import dev.espalier.server.ops.Probe;
import dev.espalier.server.ops.ProbeOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Opens op libraries in short-lived processes of the workers' kind.
///
/// @param limit how long a probe may be silent once it has begun
public record ProbeProcess(EnginePack pack, WorkerLauncher launcher, Duration limit)
        implements Probe {
    private static final long LOOK_MILLIS = 50;

    /// How long a process may take to start: nothing of the library runs then, and the machine may be busy.
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final int LONGEST_WORDS = 200;

    /// The JVM catches the signals of a crash, tells which one it was, and ends by another.
    private static final Pattern CRASH = Pattern.compile("#\\s+(SIG[A-Z]+) \\(0x.*");

    @Override
    public String engine() {
        return pack.engine().toString();
    }

    @Override
    public ProbeOutcome look(Path library) throws InterruptedException {
        try {
            Path events = Files.createTempFile("espalier-probe", ".events");
            try {
                Process process = launcher.startProbe(pack, events, library);
                try {
                    return outcome(process, events);
                } finally {
                    process.destroyForcibly();
                }
            } finally {
                Files.deleteIfExists(events);
            }
        } catch (IOException failure) {
            return new ProbeOutcome(
                    List.of(), "could not be started: " + failure.getMessage(), limit, "");
        }
    }

    private ProbeOutcome outcome(Process process, Path events)
            throws IOException, InterruptedException {
        Output output = new Output();
        Thread reader =
                Thread.ofPlatform()
                        .daemon()
                        .name("output of a probe")
                        .start(() -> output.read(process));
        int told = 0;
        long lastEvent = System.nanoTime();
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            List<ProbeEvent> now = ProbeEvent.decoded(Files.readAllBytes(events));
            if (now.size() > told) {
                told = now.size();
                lastEvent = System.nanoTime();
            } else {
                Duration allowed = told == 0 ? START_LIMIT : limit;
                if (System.nanoTime() - lastEvent > allowed.toNanos()) {
                    return new ProbeOutcome(now, "", allowed, output.lastWords);
                }
            }
        }
        // A library may have started a process that keeps the output open.
        reader.join(Duration.ofSeconds(1));
        return new ProbeOutcome(
                ProbeEvent.decoded(Files.readAllBytes(events)),
                output.signal.isEmpty()
                        ? ProcessEnd.ofExitValue(process.exitValue()).text()
                        : "was ended by " + output.signal,
                limit,
                output.lastWords);
    }

    /// What is of interest in the output: the library's last line, and the signal in the JVM's report.
    private static final class Output {
        private volatile String lastWords = "";
        private volatile String signal = "";

        void read(Process process) {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                String line;
                while ((line = lines.readLine()) != null) {
                    Matcher crash = CRASH.matcher(line);
                    if (crash.matches()) {
                        signal = crash.group(1);
                    } else if (signal.isEmpty() && !line.isBlank() && !line.startsWith("#")) {
                        lastWords = shortened(line.strip());
                    }
                }
            } catch (IOException _) {
                // The process is gone.
            }
        }

        private static String shortened(String line) {
            return line.length() > LONGEST_WORDS ? line.substring(0, LONGEST_WORDS) + "..." : line;
        }
    }
}
