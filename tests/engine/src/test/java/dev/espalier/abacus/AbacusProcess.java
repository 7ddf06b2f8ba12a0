package dev.espalier.abacus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.Links;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.execution.SegmentMapping;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A worker process with the engine, and one instance of a counting model on lane 0.
final class AbacusProcess implements AutoCloseable {
    private static final long ACCEPT_MILLIS = 30_000;

    private final ControlSocket socket;
    private final Process process;
    final LinkedWorker link;

    AbacusProcess(Path folder, Links links, LinkedLoops loops, InputMemory input)
            throws IOException {
        Path version = Files.writeString(folder.resolve("abacus.txt"), "1.0\n");
        Path model = Files.writeString(folder.resolve("model.abacus"), "abacus needs nothing");
        link = new LinkedWorker("abacus", loops, input);
        try (ControlSocket.Listener listener = links.listen()) {
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    AbacusWorker.class.getName(),
                                    links.kind().text(),
                                    listener.address(),
                                    Abacus.NAME,
                                    version.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(new File(folder.toFile(), "worker.log"))
                            .start();
            socket = Objects.requireNonNull(listener.accept(process.pid(), ACCEPT_MILLIS));
        }
        tell(new ControlMessage.Attach(link.inSize(), link.outSize()), link.handles());
        assertThat(heard()).isInstanceOf(ControlMessage.Attached.class);
        link.map(
                new SegmentMapping() {
                    @Override
                    public void add(int number, SharedRegion region) {
                        tell(
                                new ControlMessage.AddSegment(number, region.size()),
                                List.of(region.handle()));
                    }

                    @Override
                    public void drop(int number) {
                        tell(new ControlMessage.DropSegment(number), List.of());
                    }
                });
        link.attach(socket);
        link.activate();
        tell(
                new ControlMessage.Load(
                        1,
                        "counting",
                        model.toString(),
                        List.of(),
                        Map.of("counts", ""),
                        new Signature(List.of(), List.of()),
                        ModelSettings.NONE,
                        0,
                        1),
                List.of());
        assertThat(heard()).isInstanceOf(ControlMessage.Loaded.class);
        tell(new ControlMessage.Serve(), List.of());
        Thread.ofPlatform().daemon().start(this::listen);
    }

    private void tell(ControlMessage message, List<Handle> handles) {
        try {
            socket.send(message.encoded(), handles);
        } catch (LinkException gone) {
            assertThat(process.isAlive()).isFalse();
        }
    }

    private ControlMessage heard() throws IOException {
        return ControlMessage.decoded(socket.receive().bytes());
    }

    private void listen() {
        try {
            while (true) {
                socket.receive();
            }
        } catch (IOException over) {
            assertThat(over).isNotNull();
        }
    }

    /// Waits for the process's end.
    void await() throws InterruptedException {
        int _ = process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        socket.close();
    }
}
