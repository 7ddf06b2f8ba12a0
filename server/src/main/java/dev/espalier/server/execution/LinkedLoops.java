package dev.espalier.server.execution;

import dev.espalier.link.Doorbell;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.transport.EpollTransport;
import dev.espalier.server.transport.NioTransport;
import dev.espalier.server.transport.RefusedConnections;
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
    private final LinkKind kind;
    private final Transport transport;
    private final RefusedConnections refused = new RefusedConnections();
    private final MultiThreadIoEventLoopGroup group;
    private final LoopWatch watch;

    /// So many loops, running.
    ///
    /// @param errors what becomes of errors that nobody expected
    public LinkedLoops(int count, LinkKind kind, InternalErrors errors) {
        if (count < 1 || count > LinkLayout.MAX_LOOPS) {
            throw new IllegalArgumentException(
                    "event loops: %d (expected: 1..%d)".formatted(count, LinkLayout.MAX_LOOPS));
        }
        this.kind = kind;
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
                                            loops.size(),
                                            executor,
                                            handlers.newHandler(executor),
                                            transport,
                                            refused,
                                            errors);
                            loops.add(loop);
                            return loop;
                        });
        watch = new LoopWatch(loops, errors);
    }

    /// Who notices that a loop does not turn.
    public LoopWatch watch() {
        return watch;
    }

    /// The connections that could not be served, of all ports.
    public RefusedConnections refused() {
        return refused;
    }

    /// The loops as those want them who serve connections.
    public ServingLoops serving() {
        return new ServingLoops(group, transport, refused);
    }

    /// Doorbells of one worker's own, one a loop; none where workers ring the control socket.
    ///
    /// @throws LinkException when the machine does not give what they need
    List<Doorbell> newDoorbells() throws LinkException {
        List<Doorbell> doorbells = new ArrayList<>();
        if (kind == LinkKind.LINUX) {
            try {
                for (LinkedLoop _ : loops) {
                    doorbells.add(new Doorbell());
                }
            } catch (LinkException failure) {
                doorbells.forEach(Doorbell::close);
                throw failure;
            }
        }
        return doorbells;
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

    /// A loop for what comes of no connection.
    public LinkedLoop any() {
        return loops.getFirst();
    }

    List<LinkedLoop> all() {
        return loops;
    }

    @Override
    public void close() {
        watch.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
