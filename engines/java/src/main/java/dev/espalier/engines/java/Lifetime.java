package dev.espalier.engines.java;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// How long a request, or an answer that is being written, may use memory that is not this process's own: until it
/// ends, from whatever thread. No access goes to the memory after that, and none is under way.
///
/// Ending costs next to nothing where only the instance's own thread has looked at the memory, as is usual: it cannot
/// look and end at once. What other threads have looked at is in an arena that is closed, for which the JVM stops all
/// threads for some microseconds.
final class Lifetime {
    private final Thread owner = Thread.currentThread();
    private final Arena arena = Arena.ofShared();
    private final String ended;
    private volatile boolean shared;
    private boolean over;

    /// Begins, with the calling thread as the instance's own.
    ///
    /// @param ended what is told to those who come too late
    Lifetime(String ended) {
        this.ended = ended;
    }

    /// Memory at an address, for as long as this lasts. Whoever uses it calls [#check] before.
    MemorySegment memory(long address, long byteSize) {
        return byteSize == 0
                ? MemorySegment.NULL
                : MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
    }

    /// To be called before each access.
    ///
    /// @throws IllegalStateException when it is over
    void check() {
        if (Thread.currentThread() != owner && !shared) {
            share();
        }
        if (over) {
            throw new IllegalStateException(ended);
        }
    }

    /// From now on memory may be used without a call of [#check]. Either the thread that ends this sees that, or the
    /// one that calls sees that it is over.
    void share() {
        shared = true;
        VarHandle.fullFence();
    }

    /// Ends it, once: by one thread at a time.
    void end() {
        if (over) {
            return;
        }
        over = true;
        VarHandle.fullFence();
        if (shared || Thread.currentThread() != owner) {
            close();
        }
    }

    /// A native call that uses the memory keeps it open until it returns.
    private void close() {
        while (true) {
            try {
                arena.close();
                return;
            } catch (IllegalStateException _) {
                Thread.onSpinWait();
            }
        }
    }
}
