package dev.espalier.server.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads a zip archive that may say anything of itself: its list of files is bounded before it is read, and a file's
/// content by what the list says of it. (The JDK's own reader takes a list of any length into memory.)
///
/// ```text
/// end      "PK" 5 6 | at 10: u16 files | at 12: u32 bytes of the list | at 16: u32 where it begins | at 20: u16 comment
/// 64 bits  before it, "PK" 6 7 | at 8: u64 where "PK" 6 6 stands, with the same as u64 at 32, 40, 48
/// file     "PK" 1 2 | at 10: u16 method | at 20: u32 packed | at 24: u32 size | at 28: u16 name, extra, comment
///          | at 42: u32 where its own header is | at 46: name, extra (1: u64 of what is all ones above), comment
/// ```
public final class ZipReader {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LOCATOR = 0x07064b50;
    private static final int LOCATOR_BYTES = 20;
    private static final int END_64 = 0x06064b50;
    private static final int END_64_BYTES = 56;
    private static final int FILE = 0x02014b50;
    private static final int FILE_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final long ALL_ONES = 0xFFFFFFFFL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private static final int MOST_LIST_BYTES = 32 << 20;
    private static final int LARGEST_FILE = 64 << 20;

    private final SeekableByteChannel channel;
    private final String writer;

    /// A file in the archive.
    ///
    /// @param size of its content, at most what can be asked for
    public record Entry(String name, int method, long packed, long size, long header) {}

    /// @param writer what writes such archives, for messages
    public ZipReader(SeekableByteChannel channel, String writer) {
        this.channel = channel;
        this.writer = writer;
    }

    /// The files in it.
    public List<Entry> entries() throws IOException, FormatException {
        ByteBuffer list = list();
        List<Entry> entries = new ArrayList<>();
        while (list.remaining() >= FILE_BYTES && list.getInt(list.position()) == FILE) {
            entries.add(entry(list));
        }
        return entries;
    }

    private ByteBuffer list() throws IOException, FormatException {
        long size = channel.size();
        int tail = (int) Math.min(size, END_BYTES + LONGEST_COMMENT);
        ByteBuffer end = bytes(size - tail, tail);
        int at = tail - END_BYTES;
        while (at >= 0 && end.getInt(at) != END) {
            at--;
        }
        if (at < 0) {
            throw new FormatException(
                    "it has no list of files at its end (expected: a whole zip archive, as %s writes it); copy it anew"
                            .formatted(writer));
        }
        long bytes = Integer.toUnsignedLong(end.getInt(at + 12));
        long begin = Integer.toUnsignedLong(end.getInt(at + 16));
        long locator = size - tail + at - LOCATOR_BYTES;
        if ((bytes == ALL_ONES || begin == ALL_ONES) && locator >= 0) {
            ByteBuffer found = bytes(locator, LOCATOR_BYTES);
            if (found.getInt(0) == LOCATOR) {
                ByteBuffer large = bytes(found.getLong(8), END_64_BYTES);
                if (large.getInt(0) == END_64) {
                    bytes = large.getLong(40);
                    begin = large.getLong(48);
                }
            }
        }
        if (bytes < 0 || bytes > MOST_LIST_BYTES) {
            throw new FormatException(
                    "its list of files has %s bytes (expected: at most %d)"
                            .formatted(Long.toUnsignedString(bytes), MOST_LIST_BYTES));
        }
        return bytes(begin, (int) bytes);
    }

    private static Entry entry(ByteBuffer list) throws FormatException {
        int at = list.position();
        int nameLength = Short.toUnsignedInt(list.getShort(at + 28));
        int extraLength = Short.toUnsignedInt(list.getShort(at + 30));
        int commentLength = Short.toUnsignedInt(list.getShort(at + 32));
        int length = FILE_BYTES + nameLength + extraLength + commentLength;
        if (length > list.remaining()) {
            throw new FormatException("its list of files ends within a file");
        }
        byte[] name = new byte[nameLength];
        list.get(at + FILE_BYTES, name);
        long packed = Integer.toUnsignedLong(list.getInt(at + 20));
        long size = Integer.toUnsignedLong(list.getInt(at + 24));
        long header = Integer.toUnsignedLong(list.getInt(at + 42));
        ByteBuffer extra =
                list.slice(at + FILE_BYTES + nameLength, extraLength)
                        .order(ByteOrder.LITTLE_ENDIAN);
        while (extra.remaining() >= 4) {
            int kind = extra.getShort();
            int end = extra.position() + 2 + Short.toUnsignedInt(extra.getShort(extra.position()));
            extra.getShort();
            if (end > extra.limit()) {
                break;
            }
            if (kind == 1) {
                size = size == ALL_ONES && end - extra.position() >= 8 ? extra.getLong() : size;
                packed =
                        packed == ALL_ONES && end - extra.position() >= 8
                                ? extra.getLong()
                                : packed;
                header =
                        header == ALL_ONES && end - extra.position() >= 8
                                ? extra.getLong()
                                : header;
            }
            extra.position(end);
        }
        list.position(at + length);
        return new Entry(
                new String(name, StandardCharsets.UTF_8),
                Short.toUnsignedInt(list.getShort(at + 10)),
                packed,
                size,
                header);
    }

    /// What is in a file.
    public byte[] content(Entry entry) throws IOException, FormatException {
        if (entry.size() < 0
                || entry.size() > LARGEST_FILE
                || entry.packed() < 0
                || entry.packed() > LARGEST_FILE) {
            throw new FormatException(
                    "%s has %s bytes (expected: at most %d)"
                            .formatted(
                                    entry.name(),
                                    Long.toUnsignedString(entry.size()),
                                    LARGEST_FILE));
        }
        ByteBuffer local = bytes(entry.header(), LOCAL_BYTES);
        if (local.getInt(0) != LOCAL) {
            throw new FormatException(
                    "%s is not where the list of files says".formatted(entry.name()));
        }
        long begin =
                entry.header()
                        + LOCAL_BYTES
                        + Short.toUnsignedInt(local.getShort(26))
                        + Short.toUnsignedInt(local.getShort(28));
        byte[] packed = bytes(begin, (int) entry.packed()).array();
        return switch (entry.method()) {
            case STORED -> packed;
            case DEFLATED -> inflated(packed, entry);
            default ->
                    throw new FormatException(
                            "%s is packed with method %d (expected: %d or %d)"
                                    .formatted(entry.name(), entry.method(), STORED, DEFLATED));
        };
    }

    private static byte[] inflated(byte[] packed, Entry entry) throws FormatException {
        byte[] content = new byte[(int) entry.size()];
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(packed);
            if (inflater.inflate(content) != content.length) {
                throw new FormatException("%s is cut off".formatted(entry.name()));
            }
            return content;
        } catch (DataFormatException failure) {
            throw new FormatException(
                    "%s cannot be unpacked: %s".formatted(entry.name(), failure.getMessage()));
        }
    }

    /// So many bytes from a place on.
    private ByteBuffer bytes(long position, int count) throws IOException, FormatException {
        if (position < 0 || position > channel.size() - count) {
            throw new FormatException(
                    "it ends at byte %d, before what should stand at %s"
                            .formatted(channel.size(), Long.toUnsignedString(position)));
        }
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        channel.position(position);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // A read may give less than was asked for.
        }
        if (bytes.hasRemaining()) {
            throw new FormatException("it has become shorter while it was read");
        }
        return bytes.flip();
    }
}
