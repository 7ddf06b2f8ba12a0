package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/// The numbers at given places of a file, read through a window, so that a library of gigabytes takes no
/// more memory than a small one. A place behind the file's end is an error that names it.
final class ElfBytes {
    private final SeekableByteChannel channel;
    private final long size;
    private final ByteBuffer window;
    private long windowStart;

    /// @param windowBytes large for what is read in order, small for what lies anywhere
    ElfBytes(SeekableByteChannel channel, int windowBytes) throws IOException {
        this.channel = channel;
        this.size = channel.size();
        this.window = ByteBuffer.allocate(windowBytes).limit(0);
        window.order(ByteOrder.LITTLE_ENDIAN);
    }

    long size() {
        return size;
    }

    /// The order of the bytes in the numbers that are read from now on.
    void order(ByteOrder order) {
        window.order(order);
    }

    int u8(long offset) throws IOException, ElfException {
        return window.get(at(offset, 1)) & 0xff;
    }

    int u16(long offset) throws IOException, ElfException {
        return window.getShort(at(offset, 2)) & 0xffff;
    }

    long u32(long offset) throws IOException, ElfException {
        return window.getInt(at(offset, 4)) & 0xffff_ffffL;
    }

    /// Eight bytes. A number that is negative in Java is larger than any file, and fails in [#check].
    long u64(long offset) throws IOException, ElfException {
        return window.getLong(at(offset, 8));
    }

    /// @throws ElfException TRUNCATED where a part of the file would lie behind its end
    void check(String what, long offset, long length) throws ElfException {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new ElfException(
                    ElfException.Kind.TRUNCATED,
                    "its %s would end at byte %s, and it has %d bytes"
                            .formatted(what, Long.toUnsignedString(offset + length), size));
        }
    }

    private int at(long offset, int length) throws IOException, ElfException {
        if (offset < windowStart || offset + length > windowStart + window.limit()) {
            check("data", offset, length);
            windowStart = offset;
            window.clear();
            window.limit((int) Math.min(window.capacity(), size - offset));
            read(offset);
            window.flip();
        }
        return (int) (offset - windowStart);
    }

    private void read(long offset) throws IOException, ElfException {
        channel.position(offset);
        while (window.hasRemaining()) {
            if (channel.read(window) < 0) {
                throw new ElfException(
                        ElfException.Kind.TRUNCATED,
                        "its data end early: it became shorter while it was read");
            }
        }
    }
}
