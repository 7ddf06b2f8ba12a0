package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/// The numbers at given places of a file, read through a window, so that a library of gigabytes takes no
/// more memory than a small one. A place behind the file's end is an error that names it.
final class ElfBytes {
    private static final int WINDOW = 1 << 16;

    private final SeekableByteChannel channel;
    private final long size;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
    private long windowStart;

    ElfBytes(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
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

    /// A copy of `length` bytes.
    byte[] copy(String what, long offset, long length) throws IOException, ElfException {
        check(what, offset, length);
        if (length > Integer.MAX_VALUE - 8) {
            throw ElfException.damaged("%s of %d bytes".formatted(what, length));
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        read(what, offset, bytes);
        return bytes.array();
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
            window.limit((int) Math.min(WINDOW, size - offset));
            read("data", offset, window);
            window.flip();
        }
        return (int) (offset - windowStart);
    }

    private void read(String what, long offset, ByteBuffer target)
            throws IOException, ElfException {
        channel.position(offset);
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new ElfException(
                        ElfException.Kind.TRUNCATED,
                        "its %s ends early: it became shorter while it was read".formatted(what));
            }
        }
    }
}
