package dev.espalier.server.execution;

import dev.espalier.link.Doorbell;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.server.transport.EpollTransport;
import dev.espalier.server.transport.NioTransport;
import dev.espalier.server.transport.ServingLoops;
import dev.espalier.server.transport.Transport;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The server's event loops, shared by HTTP and gRPC.
public final class LinkedLoops implements AutoCloseable {
    private final List<LinkedLoop> loops = new ArrayList<>();
    private final List<Doorbell> doorbells = new ArrayList<>();
    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;

    /// So many loops, running.
    ///
    /// @throws LinkException when the machine does not give what they need
    public LinkedLoops(int count, LinkKind kind) throws LinkException {
        if (count < 1 || count > LinkLayout.MAX_LOOPS) {
            throw new IllegalArgumentException(
                    "event loops: %d (expected: 1..%d)".formatted(count, LinkLayout.MAX_LOOPS));
        }
        transport =
                switch (kind) {
                    case LINUX -> new EpollTransport();
                    case PORTABLE -> new NioTransport();
                };
        IoHandlerFactory handlers = transport.handlers();
        group =
                new MultiThreadIoEventLoopGroup(
                        count,
                        executor -> {
                            LinkedLoop loop =
                                    new LinkedLoop(
                                            loops.size(), executor, handlers.newHandler(executor));
                            loops.add(loop);
                            return loop;
                        });
        if (kind == LinkKind.LINUX) {
            listen();
        }
    }

    private void listen() throws LinkException {
        try {
            for (LinkedLoop loop : loops) {
                Doorbell doorbell = new Doorbell();
                doorbells.add(doorbell);
                loop.listen(doorbell);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while the event loops start");
        }
    }

    /// The loops as those want them who serve connections.
    public ServingLoops serving() {
        return new ServingLoops(group, transport);
    }

    /// What workers ring the loops by, in their order; nothing where they ring the control socket.
    List<Handle> doorbells() {
        return doorbells.stream().map(Doorbell::handle).toList();
    }

    /// The loop that runs the calling thread.
    public LinkedLoop current() {
        for (LinkedLoop loop : loops) {
            if (loop.isCurrent()) {
                return loop;
            }
        }
        throw new IllegalStateException(
                "thread: " + Thread.currentThread().getName() + " (expected: an event loop)");
    }

    List<LinkedLoop> all() {
        return loops;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        doorbells.forEach(Doorbell::close);
    }
}
