package dev.espalier.server.work;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The few threads that do what would hold up an event loop: reading and writing much JSON, compression,
/// classification, large copies. As many as the machine has cores, whatever the number of requests.
///
/// What waits is served by when it came and how long it takes: a small piece of work overtakes a large one that came
/// shortly before it, and nothing waits for ever. When too much waits, more is refused. Safe for use by several
/// threads.
public final class WorkPool implements AutoCloseable {
    /// About how long a thread works on one unit.
    private static final long NANOS_PER_UNIT = 20;

    /// How much may wait: about five seconds for one thread.
    private static final long MOST_UNITS = 256L << 20;

    private static final int MOST_TASKS = 4096;

    private final Executor threads;
    private final Runnable end;
    private final InternalErrors errors;
    private final AtomicInteger tasks = new AtomicInteger();
    private final AtomicLong units = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong order = new AtomicLong();

    private record Waiting(long due, long number, Runnable work)
            implements Runnable, Comparable<Waiting> {
        @Override
        public void run() {
            work.run();
        }

        @Override
        public int compareTo(Waiting other) {
            long earlier = due - other.due;
            return Long.signum(earlier == 0 ? number - other.number : earlier);
        }
    }

    /// @param name what its threads are called
    public WorkPool(String name, int threadCount, InternalErrors errors) {
        ExecutorService owned = threads(name, threadCount);
        this.threads = owned;
        this.errors = errors;
        this.end = owned::shutdownNow;
    }

    /// One whose work is done by somebody else.
    public WorkPool(Executor threads, InternalErrors errors) {
        this.threads = threads;
        this.errors = errors;
        this.end = () -> {};
    }

    private static ExecutorService threads(String name, int count) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(
                        count,
                        count,
                        1,
                        TimeUnit.MINUTES,
                        new PriorityBlockingQueue<>(),
                        Thread.ofPlatform().name(name + "-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /// Has `work` done, which must not throw.
    ///
    /// @param size how much work it is: one for each byte of JSON, or what takes as long
    /// @throws ServingException OVERLOADED when too much waits already
    public void execute(long size, Runnable work) throws ServingException {
        if (tasks.get() >= MOST_TASKS || units.get() > MOST_UNITS) {
            throw refusal(tasks.get());
        }
        enqueue(size, work);
    }

    private ServingException refusal(int waiting) {
        refused.incrementAndGet();
        return new ServingException(
                ErrorCode.OVERLOADED,
                "no thread for a request of this kind: %d wait for one (JSON, compression, classification, clients' shared memory); try again later or send and ask for binary tensors"
                        .formatted(waiting));
    }

    private void enqueue(long size, Runnable work) throws ServingException {
        Runnable begun =
                () -> {
                    tasks.decrementAndGet();
                    units.addAndGet(-size);
                    work.run();
                };
        long due = System.nanoTime() + size * NANOS_PER_UNIT;
        Runnable task = new Waiting(due, order.getAndIncrement(), errors.root("work", begun));
        tasks.incrementAndGet();
        units.addAndGet(size);
        try {
            threads.execute(task);
        } catch (RejectedExecutionException closed) {
            throw ServingException.stopping(closed);
        }
    }

    /// A line of work that is done one piece after another, beside that of other lines.
    public Lane lane() {
        return new Lane();
    }

    /// How many pieces of work wait for a thread.
    public int waiting() {
        return tasks.get();
    }

    /// How many have been refused.
    public long refused() {
        return refused.get();
    }

    @Override
    public void close() {
        end.run();
    }

    /// What one connection wants done, in order: however much that is, it keeps no more than one thread from
    /// others.
    public final class Lane {
        private final Queue<Piece> pieces = new ArrayDeque<>();
        private boolean running;

        private record Piece(long size, Runnable work) {}

        private Lane() {}

        /// As [WorkPool#execute], behind everything that the lane has been given before.
        public void execute(long size, Runnable work) throws ServingException {
            synchronized (pieces) {
                if (running) {
                    if (pieces.size() >= MOST_TASKS / 8) {
                        throw refusal(pieces.size());
                    }
                    pieces.add(new Piece(size, work));
                    return;
                }
                running = true;
            }
            try {
                WorkPool.this.execute(size, () -> run(work));
            } catch (ServingException full) {
                synchronized (pieces) {
                    running = false;
                }
                throw full;
            }
        }

        private void run(Runnable work) {
            try {
                work.run();
            } finally {
                next();
            }
        }

        /// Waits anew for each piece, so that other connections have their turns.
        private void next() {
            Piece next;
            synchronized (pieces) {
                next = pieces.poll();
                running = next != null;
            }
            if (next != null) {
                Runnable work = next.work();
                try {
                    enqueue(next.size(), () -> run(work));
                } catch (ServingException _) {
                    // The server is stopping; who waits is told by the closing of its connection.
                }
            }
        }
    }
}
