package dev.espalier.server.workers;

import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.SharedRegion;
import dev.espalier.tensor.Signature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// A worker program without an engine. It keeps to the protocol, but for the one thing that its command line names in
/// the place of the engine's library.
final class LyingWorker {
    /// What it does.
    enum Way {
        HONEST,
        /// Ends before it connects.
        EXITS,
        /// Never connects.
        ABSENT,
        /// Connects and never says a word.
        MUTE,
        /// Begins with another message than it should.
        RUDE,
        /// Never comes to an end with a model whose name begins with `bad`.
        HANGS,
        /// Ends itself over such a model.
        DIES,
        /// Cannot load such a model.
        REFUSES,
        /// Says that it has loaded a model that it was not asked for.
        MISTAKEN,
        /// Says more than once that it has loaded a model.
        CHATTERS,
        /// Sends bytes that are no message.
        BABBLES,
        /// Closes its connection and goes on running.
        LEAVES
    }

    private final Way way;
    private final ControlSocket socket;

    private LyingWorker(Way way, ControlSocket socket) {
        this.way = way;
        this.socket = socket;
    }

    /// The engine pack whose workers behave like this.
    static EnginePack pack(Way way) {
        return new EnginePack(
                new dev.espalier.server.ops.EngineVersion("lying", "1"),
                Path.of("nowhere"),
                Path.of(way.name()),
                new WorkerProgram(
                        Path.of(System.getProperty("java.class.path")),
                        LyingWorker.class.getName(),
                        ""));
    }

    /// `LINK SOCKET ENGINE WAY`.
    public static void main(String[] arguments) throws Exception {
        Way way = Way.valueOf(String.valueOf(Path.of(arguments[3]).getFileName()));
        if (way == Way.EXITS) {
            System.exit(3);
        }
        if (way == Way.ABSENT) {
            forEver();
        }
        try (ControlSocket socket = LinkKind.named(arguments[0]).connect(arguments[1])) {
            new LyingWorker(way, socket).run();
        } catch (IOException serverIsGone) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static void forEver() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private void run() throws IOException, InterruptedException {
        ControlSocket.Frame frame = socket.receive();
        if (way == Way.MUTE) {
            forEver();
        }
        ControlMessage.Attach attach =
                (ControlMessage.Attach) ControlMessage.decoded(frame.bytes());
        SharedRegion out = frame.handles().get(1).attach(attach.outSize(), true);
        LinkLayout.writeOutHeader(out.memory());
        Thread.ofPlatform().daemon().start(() -> beat(out));
        socket.send(
                way == Way.RUDE
                        ? new ControlMessage.Serve().encoded()
                        : new ControlMessage.Attached("1").encoded());
        while (true) {
            switch (ControlMessage.decoded(socket.receive().bytes())) {
                case ControlMessage.Load load -> load(load);
                case ControlMessage.Unload(int model) ->
                        socket.send(new ControlMessage.Unloaded(model).encoded());
                default -> {}
            }
        }
    }

    private static void beat(SharedRegion out) {
        try {
            while (true) {
                LinkLayout.beat(out.memory());
                Thread.sleep(50);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void load(ControlMessage.Load load) throws IOException, InterruptedException {
        boolean bad = load.name().startsWith("bad");
        byte[] loaded = new ControlMessage.Loaded(load.model(), load.declared()).encoded();
        switch (bad ? way : Way.HONEST) {
            case HANGS -> forEver();
            case DIES -> Runtime.getRuntime().halt(7);
            case REFUSES ->
                    socket.send(
                            new ControlMessage.LoadFailed(load.model(), "no such op").encoded());
            case MISTAKEN ->
                    socket.send(
                            new ControlMessage.Loaded(load.model() + 7, Signature.EMPTY).encoded());
            case BABBLES -> socket.send(new byte[] {99});
            case LEAVES -> {
                socket.close();
                forEver();
            }
            case CHATTERS -> {
                while (true) {
                    socket.send(loaded);
                }
            }
            default -> socket.send(loaded);
        }
    }
}
