package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import io.grpc.Metadata;
import io.grpc.ServerCall;

/// A message that gRPC gathers: counted before it does, with what it becomes when it is read, until its call has
/// ended. One that is too long, or for which there is no room, ends its call.
final class CountedMessage implements AutoCloseable {
    /// The longest message of a method that takes no files.
    private static final long SHORT = 1 << 20;

    private static final int COUNTED_FROM = 64 << 10;

    /// A message, the copy that is read, and what is made of it.
    private static final long COPIES = 3;

    private static final String LOAD = "RepositoryModelLoad";

    private final ServerCall<?, ?> call;
    private final BudgetShare heap;
    private final long most;
    private long length;
    private long counted;
    private boolean refused;

    CountedMessage(ServerCall<?, ?> call, BudgetShare heap) {
        this.call = call;
        this.heap = heap;
        this.most =
                LOAD.equals(call.getMethodDescriptor().getBareMethodName())
                        ? longest(heap.limit())
                        : SHORT;
    }

    /// The longest message that any method takes which gathers it.
    ///
    /// @param most what one connection may have of the heap
    static int longest(long most) {
        return (int) Math.min(Integer.MAX_VALUE, most / COPIES);
    }

    /// Whether so many more bytes of it are taken.
    boolean takes(int bytes) {
        if (refused) {
            return false;
        }
        length += bytes;
        try {
            if (length > most) {
                throw Failures.invalid(
                        "a message of more than %d bytes is too long for %s"
                                .formatted(most, call.getMethodDescriptor().getBareMethodName()));
            }
            if (length >= COUNTED_FROM) {
                long wanted = COPIES * length;
                heap.take(wanted - counted);
                counted = wanted;
            }
            return true;
        } catch (ServingException failure) {
            refuse(failure);
            return false;
        }
    }

    /// How much of it has come.
    long length() {
        return length;
    }

    /// Ends its call; what is coming is not taken.
    void refuse(ServingException failure) {
        refused = true;
        try {
            call.close(Failures.status(failure), new Metadata());
        } catch (IllegalStateException _) {
            // The method has answered already, and this is what came behind its message.
        }
    }

    @Override
    public void close() {
        heap.give(counted);
        counted = 0;
    }
}
