package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What gzip puts around deflated data (RFC 1952), read byte by byte: its header and its trailer.
/// Other formats have neither.
final class GzipFrame {
    private static final int FIXED_HEADER = 10;
    private static final int TRAILER = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final String coding;
    private Part part;
    private int flags;
    private int position;
    private int extraLength;
    private long trailer;

    private enum Part {
        FIXED,
        EXTRA_LENGTH,
        EXTRA_FIELD,
        FILE_NAME,
        REMARK,
        CHECKSUM,
        DATA,
        END
    }

    GzipFrame(boolean gzip) {
        coding = gzip ? "gzip" : "deflate";
        part = gzip ? Part.FIXED : Part.END;
    }

    boolean isHeaderRead() {
        return part == Part.DATA || part == Part.END;
    }

    boolean isTrailerRead() {
        return part == Part.END;
    }

    ServingException broken(@Nullable String why) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "the request body is no complete %s data%s"
                        .formatted(coding, why == null ? "" : ": " + why));
    }

    void readHeader(ByteBuf in) throws ServingException {
        while (!isHeaderRead() && in.isReadable()) {
            step(in.readUnsignedByte());
        }
    }

    private void step(int value) throws ServingException {
        switch (part) {
            case FIXED -> fixed(value);
            case EXTRA_LENGTH -> {
                extraLength |= value << 8 * position++;
                if (position == 2) {
                    enter(extraLength == 0 ? Part.FILE_NAME : Part.EXTRA_FIELD);
                }
            }
            case EXTRA_FIELD -> {
                if (++position == extraLength) {
                    enter(Part.FILE_NAME);
                }
            }
            case FILE_NAME -> {
                if (value == 0) {
                    enter(Part.REMARK);
                }
            }
            case REMARK -> {
                if (value == 0) {
                    enter(Part.CHECKSUM);
                }
            }
            case CHECKSUM -> {
                if (++position == 2) {
                    enter(Part.DATA);
                }
            }
            case DATA, END -> throw new IllegalStateException("behind the header");
        }
    }

    private void fixed(int value) throws ServingException {
        boolean wrong =
                switch (position) {
                    case 0 -> value != 0x1f;
                    case 1 -> value != 0x8b;
                    case 2 -> value != 8;
                    default -> false;
                };
        if (wrong) {
            throw broken("it does not begin as gzip does");
        }
        if (position == 3) {
            flags = value;
        }
        if (++position == FIXED_HEADER) {
            enter(Part.EXTRA_LENGTH);
        }
    }

    /// Goes on to `next`, or to the first part after it that the flags announce.
    private void enter(Part next) {
        position = 0;
        part = next;
        boolean absent =
                switch (next) {
                    case EXTRA_LENGTH -> (flags & EXTRA) == 0;
                    case FILE_NAME -> (flags & NAME) == 0;
                    case REMARK -> (flags & COMMENT) == 0;
                    case CHECKSUM -> (flags & HEADER_CRC) == 0;
                    case FIXED, EXTRA_FIELD, DATA, END -> false;
                };
        if (absent) {
            enter(
                    switch (next) {
                        case EXTRA_LENGTH -> Part.FILE_NAME;
                        case FILE_NAME -> Part.REMARK;
                        case REMARK -> Part.CHECKSUM;
                        default -> Part.DATA;
                    });
        }
    }

    void readTrailer(ByteBuf in, long crc, long length) throws ServingException {
        while (part == Part.DATA && in.isReadable()) {
            trailer |= (long) in.readUnsignedByte() << 8 * position++;
            if (position == TRAILER) {
                part = Part.END;
                if ((trailer & 0xFFFF_FFFFL) != crc || trailer >>> 32 != (length & 0xFFFF_FFFFL)) {
                    throw broken("its checksum or length is wrong");
                }
            }
        }
        if (part == Part.END && in.isReadable()) {
            throw broken("%d bytes follow its end".formatted(in.readableBytes()));
        }
    }
}
