package dev.espalier.link;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A memfd and a mapping of it. It has no name in any file system, and goes when the last process that
/// holds it ends. Seals keep the peer from what only its maker may do.
final class SealedRegion implements SharedRegion {
    private static final long PROT_READ = 1;
    private static final long PROT_WRITE = 2;
    private static final long MAP_SHARED = 1;
    private static final long MAP_NORESERVE = 0x4000;
    private static final long MFD_CLOEXEC = 1;
    private static final long MFD_ALLOW_SEALING = 2;
    private static final long F_ADD_SEALS = 1033;
    private static final long F_GET_SEALS = 1034;
    private static final long KEEP_SIZE_AND_PUNCH_HOLE = 3;
    private static final long SEAL_SEAL = 1;
    private static final long SEAL_SHRINK = 2;
    private static final long SEAL_GROW = 4;
    private static final long SEAL_FUTURE_WRITE = 16;

    private final int descriptor;
    private final MemorySegment memory;

    private SealedRegion(int descriptor, MemorySegment memory) {
        this.descriptor = descriptor;
        this.memory = memory;
    }

    /// Makes memory that this process alone can write, for as long as it exists.
    static SealedRegion createWritable(String name, long size) throws LinkException {
        return create(
                name,
                size,
                PROT_READ | PROT_WRITE,
                SEAL_FUTURE_WRITE | SEAL_SHRINK | SEAL_GROW | SEAL_SEAL);
    }

    /// Makes memory for the peer to write, of which this process sees a read-only mapping. The size
    /// is sealed, so that the peer cannot take pages away under a reader.
    static SealedRegion createForPeer(String name, long size) throws LinkException {
        return create(name, size, PROT_READ, SEAL_SHRINK | SEAL_GROW | SEAL_SEAL);
    }

    /// Maps memory that the peer made.
    static SealedRegion attach(int descriptor, long size, boolean writable) throws LinkException {
        return new SealedRegion(
                descriptor, map(descriptor, size, writable ? PROT_READ | PROT_WRITE : PROT_READ));
    }

    private static SealedRegion create(String name, long size, long protection, long seals)
            throws LinkException {
        int descriptor;
        try (Arena arena = Arena.ofConfined()) {
            descriptor =
                    (int)
                            LinuxCalls.checked(
                                    "create shared memory",
                                    LinuxCalls.MEMFD_CREATE,
                                    arena.allocateFrom(name).address(),
                                    MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
        try {
            long _ =
                    LinuxCalls.checked(
                            "set the size of shared memory to " + size + " bytes",
                            LinuxCalls.FTRUNCATE,
                            descriptor,
                            size);
            MemorySegment memory = map(descriptor, size, protection);
            // Sealed last: nobody maps memory for writing that is sealed against writers.
            seal(descriptor, seals);
            return new SealedRegion(descriptor, memory);
        } catch (LinkException failure) {
            LinuxCalls.close(descriptor);
            throw failure;
        }
    }

    private static void seal(int descriptor, long seals) throws LinkException {
        long _ =
                LinuxCalls.checked(
                        "seal shared memory", LinuxCalls.FCNTL, descriptor, F_ADD_SEALS, seals);
    }

    private static MemorySegment map(int descriptor, long size, long protection)
            throws LinkException {
        long address =
                LinuxCalls.checked(
                        "map " + size + " bytes of shared memory",
                        LinuxCalls.MMAP,
                        0,
                        size,
                        protection,
                        MAP_SHARED | MAP_NORESERVE,
                        descriptor,
                        0);
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    @Override
    public void reserve(long offset, long length) throws LinkException {
        long _ =
                LinuxCalls.checked(
                        "reserve " + length + " bytes of shared memory",
                        LinuxCalls.FALLOCATE,
                        descriptor,
                        0,
                        offset,
                        length);
    }

    /// The pages read as zeros until they are written again. Nobody may do it to memory that is sealed
    /// against writers.
    @Override
    public void discard(long offset, long length) throws LinkException {
        long _ =
                LinuxCalls.checked(
                        "give " + length + " bytes of shared memory back",
                        LinuxCalls.FALLOCATE,
                        descriptor,
                        KEEP_SIZE_AND_PUNCH_HOLE,
                        offset,
                        length);
    }

    @Override
    public boolean isOpen() {
        try {
            long seals =
                    LinuxCalls.checked("read seals", LinuxCalls.FCNTL, descriptor, F_GET_SEALS);
            return (seals & SEAL_SEAL) != 0;
        } catch (LinkException _) {
            return false;
        }
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    int descriptor() {
        return descriptor;
    }

    @Override
    public Handle.Descriptor handle() {
        return new Handle.Descriptor(descriptor);
    }

    @Override
    public void close() {
        try {
            long _ =
                    LinuxCalls.checked(
                            "unmap", LinuxCalls.MUNMAP, memory.address(), memory.byteSize());
        } catch (LinkException impossible) {
            throw new IllegalStateException(impossible);
        }
        LinuxCalls.close(descriptor);
    }
}
