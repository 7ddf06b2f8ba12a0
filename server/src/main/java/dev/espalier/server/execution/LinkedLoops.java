package dev.espalier.server.execution;

import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The server's event loops, shared by HTTP and gRPC.
public final class LinkedLoops implements AutoCloseable {
    private final List<LinkedLoop> loops = new ArrayList<>();
    private final MultiThreadIoEventLoopGroup group;

    /// So many loops, running.
    ///
    /// @throws LinkException when the machine does not give what they need
    public LinkedLoops(int count) throws LinkException {
        if (count < 1 || count > LinkLayout.MAX_LOOPS) {
            throw new IllegalArgumentException(
                    "event loops: %d (expected: 1..%d)".formatted(count, LinkLayout.MAX_LOOPS));
        }
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        group =
                new MultiThreadIoEventLoopGroup(
                        count,
                        executor -> {
                            try {
                                LinkedLoop loop =
                                        new LinkedLoop(
                                                loops.size(), executor, epoll.newHandler(executor));
                                loops.add(loop);
                                return loop;
                            } catch (LinkException failure) {
                                throw new IllegalStateException(failure);
                            }
                        });
        try {
            for (LinkedLoop loop : loops) {
                loop.listen();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while the event loops start");
        }
    }

    /// The loops as Netty's servers want them.
    public MultiThreadIoEventLoopGroup group() {
        return group;
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
    }
}
