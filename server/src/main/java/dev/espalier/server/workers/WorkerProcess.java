package dev.espalier.server.workers;

import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.LinkException;
import dev.espalier.server.execution.LinkedWorker;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// One worker process, from its start to its end.
final class WorkerProcess {
    private static final Logger LOG = System.getLogger(WorkerProcess.class.getName());
    private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_MILLIS = 50;
    private static final long END_SECONDS = 5;

    private final String label;
    private final Process process;
    private final ControlSocket socket;
    private final LinkedWorker link;
    private final String engineVersion;

    private WorkerProcess(
            String label,
            Process process,
            ControlSocket socket,
            LinkedWorker link,
            String engineVersion) {
        this.label = label;
        this.process = process;
        this.socket = socket;
        this.link = link;
        this.engineVersion = engineVersion;
    }

    /// Starts a process and waits until it has attached to `link`.
    ///
    /// @throws IOException when it cannot be started, or ends before; the message says how
    static WorkerProcess start(
            String label, EnginePack pack, WorkerLauncher launcher, LinkedWorker link)
            throws IOException {
        String name = "espalier-" + UUID.randomUUID();
        try (ControlSocket.Listener listener = new ControlSocket.Listener(name)) {
            Process process = launcher.start(pack, name);
            // A virtual thread that reads a pipe keeps its carrier, of which there are as many as
            // cores.
            Thread.ofPlatform()
                    .daemon()
                    .name("output of " + label)
                    .start(() -> log(label, process));
            ControlSocket socket = accept(listener, process);
            socket.send(
                    new ControlMessage.Attach(link.inSize(), link.outSize()).encoded(),
                    link.descriptors());
            try {
                if (ControlMessage.decoded(socket.receive().bytes())
                        instanceof ControlMessage.Attached(String version)) {
                    link.attach();
                    return new WorkerProcess(label, process, socket, link, version);
                }
                throw new LinkException("the worker's first message is no Attached");
            } catch (IOException failure) {
                socket.close();
                throw new IOException(end(process) + " while it started", failure);
            }
        }
    }

    private static ControlSocket accept(ControlSocket.Listener listener, Process process)
            throws IOException {
        long deadline = System.nanoTime() + CONNECT_NANOS;
        while (process.isAlive()) {
            ControlSocket socket = listener.accept(process.pid(), LOOK_MILLIS);
            if (socket != null) {
                return socket;
            }
            if (System.nanoTime() - deadline > 0) {
                process.destroyForcibly();
                throw new IOException(
                        "did not connect within "
                                + TimeUnit.NANOSECONDS.toSeconds(CONNECT_NANOS)
                                + " s");
            }
        }
        throw new IOException(end(process) + " while it started");
    }

    /// Passes what a worker prints to the server's log.
    private static void log(String label, Process process) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                LOG.log(Level.INFO, "worker {0} ({1,number,#}): {2}", label, process.pid(), line);
            }
        } catch (IOException _) {
            // The process is gone.
        }
    }

    LinkedWorker link() {
        return link;
    }

    long pid() {
        return process.pid();
    }

    String engineVersion() {
        return engineVersion;
    }

    void send(ControlMessage message) throws LinkException {
        socket.send(message.encoded());
    }

    /// The next message.
    ///
    /// @throws IOException when the process is gone, or does not keep the protocol
    ControlMessage receive() throws IOException {
        return ControlMessage.decoded(socket.receive().bytes());
    }

    /// Ends the connection, upon which the process ends itself; if it does not, it is killed.
    ///
    /// @return how it ended
    String end() {
        socket.shutdown();
        String end = end(process);
        socket.close();
        return end;
    }

    /// Tells the process to end, without waiting.
    void hangUp() {
        socket.shutdown();
    }

    private static String end(Process process) {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                int _ = process.waitFor();
                return "closed its connection and did not end (pid %d)".formatted(process.pid());
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return "was interrupted";
        }
        return "%s (pid %d)".formatted(Death.text(process.exitValue()), process.pid());
    }

    @Override
    public String toString() {
        return "worker %s (pid %d)".formatted(label, process.pid());
    }
}
