package dev.espalier.sdk.test;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engines.java.JavaModels;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.SharedRegion;
import dev.espalier.sdk.Model;
import dev.espalier.tensor.DataType;
import dev.espalier.worker.WorkerMain;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A worker's process and the link to it, of the kind that needs nothing but a JDK. This is what a server has of it.
final class WorkerProcess implements AutoCloseable {
    private static final LinkKind KIND = LinkKind.PORTABLE;
    private static final long IN_BLOCKS = 64L << 20;
    private static final long OUT_BLOCKS = 256L << 20;
    private static final int UNREAD_ANSWERS = 64;
    private static final long UNREAD_BYTES = 1 << 20;
    private static final int LAST_LINES = 5;
    private static final long LOOK_MILLIS = 50;
    private static final long END_SECONDS = 10;

    private final Links links;
    private final SharedRegion in;
    private final SharedRegion out;
    private final Process process;
    private final ControlSocket socket;
    private final Thread output;

    /// Guarded by itself.
    private final Deque<String> lastLines;

    private WorkerProcess(Started started, Links links, SharedRegion in, SharedRegion out) {
        this.links = links;
        this.in = in;
        this.out = out;
        this.process = started.process;
        this.socket = started.socket;
        this.output = started.output;
        this.lastLines = started.lastLines;
    }

    private record Started(
            Process process, ControlSocket socket, Thread output, Deque<String> lastLines) {}

    /// Starts one for models in Java.
    ///
    /// @throws EngineException when it cannot be started, or ends before it has connected
    static WorkerProcess start(int heapMegabytes) throws EngineException {
        try {
            Links links = KIND.open();
            SharedRegion in = links.createIn(LinkLayout.BLOCKS + IN_BLOCKS);
            SharedRegion out = links.createOut(LinkLayout.OUT_BLOCKS + OUT_BLOCKS);
            LinkLayout.writeInHeader(in.memory(), 1, out.size(), UNREAD_ANSWERS, UNREAD_BYTES);
            try (ControlSocket.Listener listener = links.listen()) {
                Started started = start(heapMegabytes, listener);
                started.socket.send(
                        new ControlMessage.Attach(in.size(), out.size()).encoded(),
                        List.of(in.handle(), out.handle()));
                return new WorkerProcess(started, links, in, out);
            }
        } catch (IOException failure) {
            throw new EngineException("no worker process: " + failure.getMessage(), failure);
        }
    }

    private static Started start(int heapMegabytes, ControlSocket.Listener listener)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx%dm".formatted(heapMegabytes), "-XX:+UseSerialGC"));
        command.addAll(
                List.of("-XX:-OmitStackTraceInFastThrow", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", classPath(), JavaWorkerMain.class.getName()));
        command.addAll(List.of(KIND.text(), listener.address(), new JavaModels().name(), ""));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Deque<String> lastLines = new ArrayDeque<>();
        Thread output =
                Thread.ofPlatform()
                        .name("output of a worker")
                        .daemon()
                        .start(() -> pass(process.inputReader(), lastLines));
        while (process.isAlive()) {
            ControlSocket socket = listener.accept(process.pid(), LOOK_MILLIS);
            if (socket != null) {
                return new Started(process, socket, output, lastLines);
            }
        }
        throw new IOException(end(process, output, lastLines));
    }

    /// What a worker's process has of a distribution: no more of the test's classes than this.
    private static String classPath() {
        return Stream.of(
                        JavaWorkerMain.class,
                        WorkerMain.class,
                        Engine.class,
                        JavaModels.class,
                        Model.class,
                        DataType.class,
                        LinkKind.class)
                .map(WorkerProcess::place)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// Its lines are the test's, too; the last are kept for the news of its end.
    private static void pass(BufferedReader lines, Deque<String> lastLines) {
        lines.lines()
                .forEach(line -> {
                    System.out.println(line);
                    synchronized (lastLines) {
                        lastLines.add(line);
                        if (lastLines.size() > LAST_LINES) {
                            lastLines.removeFirst();
                        }
                    }
                });
    }

    SharedRegion in() {
        return in;
    }

    SharedRegion out() {
        return out;
    }

    ControlSocket socket() {
        return socket;
    }

    /// How it has ended, in words, its last lines after them. Waits until it has.
    String end() {
        return end(process, output, lastLines);
    }

    private static String end(Process process, Thread output, Deque<String> lastLines) {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return "the worker's process has closed its end of the link";
            }
            output.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        synchronized (lastLines) {
            return "the worker's process has ended with exit code %d: %s"
                    .formatted(process.exitValue(), String.join("\n", lastLines));
        }
    }

    /// Ends it.
    @Override
    public void close() {
        socket.shutdown();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        socket.close();
        in.close();
        out.close();
        links.close();
    }
}
