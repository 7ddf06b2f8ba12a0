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
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final long LOOK_MILLIS = 50;
    private static final long END_SECONDS = 10;

    private final Opened opened;
    private final SharedRegion in;
    private final SharedRegion out;
    private final Process process;
    private final ProcessOutput output;
    private final ControlSocket socket;

    private WorkerProcess(
            Opened opened,
            SharedRegion in,
            SharedRegion out,
            Process process,
            ProcessOutput output,
            ControlSocket socket) {
        this.opened = opened;
        this.in = in;
        this.out = out;
        this.process = process;
        this.output = output;
        this.socket = socket;
    }

    /// Starts one for models in Java.
    ///
    /// @throws EngineException when it cannot be started, or ends before it has connected
    static WorkerProcess start(int heapMegabytes) throws EngineException {
        Opened opened = new Opened();
        try {
            return start(heapMegabytes, opened);
        } catch (IOException failure) {
            opened.close();
            throw new EngineException("no worker process: " + failure.getMessage(), failure);
        } catch (RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    private static WorkerProcess start(int heapMegabytes, Opened opened) throws IOException {
        Links links = KIND.open();
        opened.add(links::close);
        SharedRegion in = links.createIn(LinkLayout.BLOCKS + IN_BLOCKS);
        opened.add(in::close);
        SharedRegion out = links.createOut(LinkLayout.OUT_BLOCKS + OUT_BLOCKS);
        opened.add(out::close);
        LinkLayout.writeInHeader(in.memory(), 1, out.size(), UNREAD_ANSWERS, UNREAD_BYTES);
        try (ControlSocket.Listener listener = links.listen()) {
            Process process = process(heapMegabytes, listener.address());
            opened.add(() -> end(process));
            ProcessOutput output = ProcessOutput.of(process);
            ControlSocket socket = accept(listener, process, output);
            opened.add(socket::close);
            socket.send(
                    new ControlMessage.Attach(in.size(), out.size()).encoded(),
                    List.of(in.handle(), out.handle()));
            return new WorkerProcess(opened, in, out, process, output, socket);
        }
    }

    private static Process process(int heapMegabytes, String address) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx%dm".formatted(heapMegabytes), "-XX:+UseSerialGC"));
        command.addAll(
                List.of("-XX:-OmitStackTraceInFastThrow", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", classPath(), JavaWorkerMain.class.getName()));
        command.addAll(List.of(KIND.text(), address, new JavaModels().name(), ""));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static ControlSocket accept(
            ControlSocket.Listener listener, Process process, ProcessOutput output)
            throws IOException {
        while (process.isAlive()) {
            ControlSocket socket = listener.accept(process.pid(), LOOK_MILLIS);
            if (socket != null) {
                return socket;
            }
        }
        throw new IOException(howEnded(process, output));
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
    String howEnded() {
        return howEnded(process, output);
    }

    private static String howEnded(Process process, ProcessOutput output) {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return "the worker's process has closed its end of the link";
            }
            return "the worker's process has ended with exit code %d: %s"
                    .formatted(process.exitValue(), output.last());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "the wait for the worker's process has been interrupted";
        }
    }

    /// Ends it, and unmaps the memory: nobody looks at that any more.
    @Override
    public void close() {
        opened.close();
    }

    /// Its connection is closed, which ends it.
    private static void end(Process process) {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                int _ = process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            Process _ = process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
