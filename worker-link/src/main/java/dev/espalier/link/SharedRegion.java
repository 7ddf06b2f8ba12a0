package dev.espalier.link;

import java.lang.foreign.MemorySegment;

/// Memory that server and worker share, and its mapping in this process. Made by [Links] on the server,
/// and by [Handle#attach] on the worker.
///
/// Pages exist once they are reserved or touched; [#reserve] comes before use, because touching a
/// page for which there is no memory is a SIGBUS.
public sealed interface SharedRegion extends AutoCloseable
        permits SealedRegion, FileRegion, DroppedRegion {
    /// Makes sure that the pages of this range exist. Nobody uses it yet.
    ///
    /// @throws LinkException when the machine has no memory for them
    void reserve(long offset, long length) throws LinkException;

    /// Gives the pages of this range back as far as that can be; what they hold is lost. Only for who may
    /// write the memory and did not make it.
    void discard(long offset, long length) throws LinkException;

    /// Whether the descriptor is still that of this memory, as far as the system tells. Somebody else's code in this
    /// process may have closed it; then nothing can be reserved any more.
    boolean isOpen();

    /// The mapping.
    MemorySegment memory();

    /// The mapping's address in this process.
    default long address() {
        return memory().address();
    }

    default long size() {
        return memory().byteSize();
    }

    /// What the peer attaches to it by.
    Handle handle();

    /// Unmaps the memory. Nobody may hold a view of it any more.
    @Override
    void close();
}
