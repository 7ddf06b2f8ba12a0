package dev.espalier.link;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file and a mapping of it: shared memory wherever there are files. The server makes it, and deletes it
/// when it unmaps it.
///
/// Nothing keeps the peer from writing or shortening the file but that it has no reason to open it: what
/// a memfd's seals prevent is left to trust here.
final class FileRegion implements SharedRegion {
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(256 << 10).asReadOnlyBuffer();

    private final Path path;
    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment memory;
    private final boolean isMaker;

    @SuppressWarnings("MustBeClosedChecker") // the arena is closed with the region
    private FileRegion(Path path, FileChannel channel, long size, MapMode mode, boolean isMaker)
            throws IOException {
        this.path = path;
        this.channel = channel;
        this.isMaker = isMaker;
        this.arena = Arena.ofShared();
        MemorySegment mapped = channel.map(mode, 0, size, arena);
        // Views of it end with the region, like those of a memfd, and cost no check at each access.
        this.memory = MemorySegment.ofAddress(mapped.address()).reinterpret(size);
    }

    /// Makes memory that this process writes.
    static FileRegion createWritable(Path path, long size) throws LinkException {
        return create(path, size, MapMode.READ_WRITE);
    }

    /// Makes memory for the peer to write, of which this process sees a read-only mapping.
    static FileRegion createForPeer(Path path, long size) throws LinkException {
        return create(path, size, MapMode.READ_ONLY);
    }

    private static FileRegion create(Path path, long size, MapMode mode) throws LinkException {
        try {
            FileChannel channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.SPARSE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            try {
                // The last byte makes it as long as it shall be.
                int _ = channel.write(ByteBuffer.allocate(1), size - 1);
                return new FileRegion(path, channel, size, mode, true);
            } catch (IOException failure) {
                channel.close();
                Files.delete(path);
                throw failure;
            }
        } catch (IOException failure) {
            throw new LinkException("make %s of %d bytes".formatted(path, size), failure);
        }
    }

    /// Maps memory that the peer made.
    static FileRegion attach(Path path, long size, boolean writable) throws LinkException {
        try {
            return open(path, size, writable);
        } catch (IOException failure) {
            throw new LinkException("map %d bytes of %s".formatted(size, path), failure);
        }
    }

    /// Maps memory that the peer made and may have deleted since; then it is empty.
    static SharedRegion attachSegment(Path path, long size) throws LinkException {
        try {
            return open(path, size, false);
        } catch (NoSuchFileException _) {
            return new DroppedRegion(path);
        } catch (IOException failure) {
            throw new LinkException("map %d bytes of %s".formatted(size, path), failure);
        }
    }

    private static FileRegion open(Path path, long size, boolean writable) throws IOException {
        FileChannel channel =
                writable
                        ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                        : FileChannel.open(path, StandardOpenOption.READ);
        try {
            MapMode mode = writable ? MapMode.READ_WRITE : MapMode.READ_ONLY;
            return new FileRegion(path, channel, size, mode, false);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    /// Writes zeros: a disk that is full is an error here, and a SIGBUS later.
    @Override
    public void reserve(long offset, long length) throws LinkException {
        ByteBuffer zeros = ZEROS.duplicate();
        long written = 0;
        try {
            while (written < length) {
                zeros.clear().limit((int) Math.min(ZEROS.capacity(), length - written));
                written += channel.write(zeros, offset + written);
            }
        } catch (IOException failure) {
            throw new LinkException("reserve %d bytes of %s".formatted(length, path), failure);
        }
    }

    /// A file keeps its blocks; the system writes them to the disk when it is short of memory.
    @Override
    public void discard(long offset, long length) {}

    @Override
    public boolean isOpen() {
        try {
            return channel.size() == memory.byteSize();
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public Handle.File handle() {
        return new Handle.File(path);
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
            if (isMaker) {
                Files.deleteIfExists(path);
            }
        } catch (IOException _) {
            // Where a file that the peer maps cannot be deleted, it goes with its folder.
        }
    }
}
