package dev.espalier.server.execution;

import dev.espalier.link.Doorbell;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.transport.RefusedConnections;
import dev.espalier.server.transport.Transport;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// An event loop that also watches the workers: before it sleeps it looks at their completion rings, and
/// a worker that finishes something for a sleeping loop rings it. So a request stays
/// on one thread from its first byte to its last.
///
/// Decorates the loop's [IoHandler]. Everything runs on the loop's thread, except [#execute].
public final class LinkedLoop implements IoHandler, Executor {
    private static final Logger LOG = System.getLogger(LinkedLoop.class.getName());

    private static final IoHandlerContext WITHOUT_BLOCKING =
            new IoHandlerContext() {
                @Override
                public boolean canBlock() {
                    return false;
                }

                @Override
                public long delayNanos(long currentTimeNanos) {
                    return 0;
                }

                @Override
                public long deadlineNanos() {
                    return 0;
                }
            };

    private final int index;
    private final IoHandler io;
    private final ThreadAwareExecutor executor;
    private final Transport transport;
    private final RefusedConnections refused;
    private final InternalErrors errors;
    private final List<LinkedWorker> workers = new ArrayList<>();
    private final Map<LinkedWorker, IoRegistration> doorbells = new HashMap<>();
    private volatile @Nullable Thread thread;

    LinkedLoop(
            int index,
            ThreadAwareExecutor executor,
            IoHandler io,
            Transport transport,
            RefusedConnections refused,
            InternalErrors errors) {
        this.errors = errors;
        this.transport = transport;
        this.refused = refused;
        this.index = index;
        this.executor = executor;
        this.io = io;
    }

    /// The loop's number, from 0 on.
    public int index() {
        return index;
    }

    boolean isCurrent() {
        return executor.isExecutorThread(Thread.currentThread());
    }

    /// Runs `task` on this loop.
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /// The loop as Netty knows it, for timers.
    public IoEventLoop eventLoop() {
        return (IoEventLoop) executor;
    }

    /// Wakes the loop when it sleeps. Slower than a [Doorbell]: it is a task.
    void wake() {
        executor.execute(() -> {});
    }

    /// Begins to watch a worker. On the loop's thread.
    void attach(LinkedWorker worker) {
        workers.add(worker);
        Doorbell doorbell = worker.doorbell(index);
        if (doorbell != null) {
            listen(worker, doorbell);
        }
    }

    /// Ends watching a worker. On the loop's thread.
    void detach(LinkedWorker worker) {
        workers.remove(worker);
        // Before the descriptor is closed: as long as the worker holds a copy, closing it does not.
        IoRegistration registration = doorbells.remove(worker);
        if (registration != null) {
            boolean _ = registration.cancel();
        }
    }

    /// Makes a doorbell wake this loop, which must be one of epoll's. What the worker does to its end costs
    /// a wake-up each time, and no more: nobody reads or writes at this end.
    private void listen(LinkedWorker worker, Doorbell doorbell) {
        FileDescriptor descriptor = new FileDescriptor(doorbell.descriptor());
        Future<IoRegistration> registration =
                eventLoop()
                        .register(
                                new EpollIoHandle() {
                                    @Override
                                    public FileDescriptor fd() {
                                        return descriptor;
                                    }

                                    @Override
                                    public void handle(IoRegistration registration, IoEvent event) {
                                        // Being awake is all: run() looks at the rings next.
                                    }

                                    @Override
                                    public void close() {}
                                });
        if (registration.isSuccess()) {
            registration.getNow().submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
            doorbells.put(worker, registration.getNow());
        } else {
            LOG.log(
                    Level.WARNING,
                    "{0}''s doorbell is not heard, so its answers come late: {1}",
                    worker,
                    registration.cause());
        }
    }

    // --- IoHandler

    /// The root of everything that happens on the loop's connections: Netty's own loop would end in silence with
    /// what comes out of here. Where memory is short that was for one read or one answer, and the next may have room.
    @Override
    public int run(IoHandlerContext context) {
        try {
            return turn(context);
        } catch (OutOfMemoryError failure) {
            errors.report("loop", "event loop " + index, failure);
        } catch (Throwable failure) {
            errors.end("loop", "event loop " + index, failure);
        }
        return 0;
    }

    private int turn(IoHandlerContext context) {
        drain();
        if (!context.canBlock()) {
            int handled = io.run(context);
            drain();
            return handled;
        }
        for (LinkedWorker worker : workers) {
            worker.ring(index).beginSleep();
        }
        IoHandlerContext waiting = hasCompletions() ? WITHOUT_BLOCKING : context;
        int handled = io.run(waiting);
        for (LinkedWorker worker : workers) {
            worker.ring(index).endSleep();
        }
        drain();
        return handled;
    }

    private boolean hasCompletions() {
        for (LinkedWorker worker : workers) {
            if (worker.ring(index).hasNext()) {
                return true;
            }
        }
        return false;
    }

    private void drain() {
        // By index: a completion can end with a worker being attached or detached.
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).drain(this);
        }
    }

    /// What the loop is doing at the moment.
    StackTraceElement[] stack() {
        Thread running = thread;
        return running == null ? new StackTraceElement[0] : running.getStackTrace();
    }

    @Override
    public void initialize() {
        thread = Thread.currentThread();
        io.initialize();
    }

    @Override
    public void prepareToDestroy() {
        io.prepareToDestroy();
    }

    @Override
    public void destroy() {
        io.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        try {
            return transport.register(io, handle);
        } catch (IOException failure) {
            refused.closed(failure);
            throw failure;
        }
    }

    @Override
    public void wakeup() {
        io.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return io.isCompatible(type);
    }
}
