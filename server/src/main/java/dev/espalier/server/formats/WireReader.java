package dev.espalier.server.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/// Reads a file in protobuf's wire format field by field (https://protobuf.dev/programming-guides/encoding),
/// without ever holding more of it than a small buffer: what is not asked for is skipped, however long. What a
/// reader keeps it tells by [#kept], so that a file cannot make more of it than a model has.
public final class WireReader {
    public static final int VARINT = 0;
    public static final int FIXED_64 = 1;
    public static final int BYTES = 2;
    public static final int FIXED_32 = 5;

    /// Names longer than this are no names.
    private static final int LONGEST_TEXT = 1 << 16;

    /// What is kept of a file, in bytes; and what keeping something costs besides its text.
    private static final long MOST_KEPT = 64 << 20;

    private static final int KEPT = 100;

    private final SeekableByteChannel channel;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 14).limit(0);
    private long bufferStart;
    private long kept;

    private int field;
    private int wireType;

    public WireReader(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    /// The number of bytes in the file: where the outermost message ends.
    public long size() {
        return size;
    }

    /// Goes to the next field of a message that ends at `end`; false where there is none.
    public boolean next(long end) throws IOException, FormatException {
        if (position() >= end) {
            return false;
        }
        long tag = varint();
        if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE) {
            throw broken("field number " + (tag >>> 3));
        }
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        return true;
    }

    public int field() {
        return field;
    }

    /// Whether the field is number `number`, with the wire type that it must have.
    public boolean is(int number, int type) throws FormatException {
        if (field != number) {
            return false;
        }
        if (wireType != type) {
            throw broken("wire type %d of field %d".formatted(wireType, field));
        }
        return true;
    }

    public long varint() throws IOException, FormatException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = readByte();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken("a number of more than ten bytes");
    }

    /// Enters the message that the field holds: where it ends.
    public long enter(long end) throws IOException, FormatException {
        long length = varint();
        if (length < 0 || length > end - position()) {
            throw broken("a length of %d".formatted(length));
        }
        return position() + length;
    }

    public String text(long end) throws IOException, FormatException {
        long textEnd = enter(end);
        long length = textEnd - position();
        if (length > LONGEST_TEXT) {
            throw broken("a name of %d bytes".formatted(length));
        }
        byte[] bytes = new byte[(int) length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = readByte();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Passes over the field.
    public void skip(long end) throws IOException, FormatException {
        switch (wireType) {
            case VARINT -> {
                long _ = varint();
            }
            case FIXED_64 -> seek(position() + 8, end);
            case BYTES -> seek(enter(end), end);
            case FIXED_32 -> seek(position() + 4, end);
            default -> throw broken("wire type " + wireType);
        }
    }

    /// Something with this text is kept until the file has been read.
    ///
    /// @throws FormatException when that is more than any model has
    public void kept(String text) throws FormatException {
        kept += KEPT + text.length();
        if (kept > MOST_KEPT) {
            throw broken("more names of ops and tensors than any model has");
        }
    }

    private long position() {
        return bufferStart + buffer.position();
    }

    private void seek(long target, long end) throws FormatException {
        if (target > end) {
            throw broken("a field that ends at byte %d of %d".formatted(target, end));
        }
        if (target - bufferStart <= buffer.limit() && target >= bufferStart) {
            buffer.position((int) (target - bufferStart));
        } else {
            bufferStart = target;
            buffer.position(0).limit(0);
        }
    }

    private byte readByte() throws IOException, FormatException {
        if (!buffer.hasRemaining()) {
            bufferStart += buffer.limit();
            buffer.clear();
            channel.position(bufferStart);
            int count = channel.read(buffer);
            buffer.flip();
            if (count <= 0) {
                buffer.limit(0);
                throw broken("the end of the file");
            }
        }
        return buffer.get();
    }

    public FormatException broken(String what) {
        return new FormatException(what + " at byte " + position());
    }
}
