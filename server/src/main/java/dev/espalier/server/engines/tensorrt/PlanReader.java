package dev.espalier.server.engines.tensorrt;

import dev.espalier.server.formats.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a TensorRT plan, whose format is not published: the version in its header, and the plug-ins that it
/// calls, which stand in it as three texts one after the other. What is not found in this way TensorRT will
/// ask for itself.
///
/// ```text
/// header   "ftrt" | ... | at 16: u64, bytes of the plan | at 24: u8 major, minor, patch, build
/// text     18 80 01 00 | u64 n | 01 80 0c 80 01 00 | u64 n | n bytes
/// plug-in  text name | text version | text namespace
/// ```
final class PlanReader {
    private static final String MAGIC = "ftrt";
    private static final int HEADER_BYTES = 28;
    private static final int LENGTH_AT = 16;
    private static final int VERSION_AT = 24;
    private static final int OLDEST_MAJOR = 10;
    private static final int NEWEST_MAJOR = 11;

    private static final byte[] BEFORE_FIRST_LENGTH = {0x18, (byte) 0x80, 1, 0};
    private static final byte[] BEFORE_SECOND_LENGTH = {1, (byte) 0x80, 0x0c, (byte) 0x80, 1, 0};
    private static final int LENGTH_BYTES = Long.BYTES;
    private static final int FRONT_BYTES =
            BEFORE_FIRST_LENGTH.length + BEFORE_SECOND_LENGTH.length + 2 * LENGTH_BYTES;

    private static final int LONGEST_TEXT = 255;
    private static final int LONGEST_PLUGIN = 3 * (FRONT_BYTES + LONGEST_TEXT);
    private static final int MOST_PLUGINS = 1000;
    private static final int WINDOW_BYTES = 1 << 20;

    private final SeekableByteChannel channel;
    private final ByteBuffer window =
            ByteBuffer.allocate(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Set<String> plugins = new HashSet<>();

    private PlanReader(SeekableByteChannel channel) {
        this.channel = channel;
        window.limit(0);
    }

    /// @throws FormatException when the file is no whole plan; the message says what stands where
    static PlanModel read(Path file) throws IOException, FormatException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel);
        }
    }

    static PlanModel read(SeekableByteChannel channel) throws IOException, FormatException {
        PlanReader reader = new PlanReader(channel);
        reader.fill();
        String version = reader.version();
        reader.scan();
        return new PlanModel(version, reader.plugins);
    }

    /// Reads on behind what is left in the window, which begins at its first byte afterwards.
    private void fill() throws IOException {
        window.compact();
        int read = 0;
        while (read >= 0 && window.hasRemaining()) {
            read = channel.read(window);
        }
        window.flip();
    }

    private String version() throws IOException, FormatException {
        if (window.remaining() < HEADER_BYTES) {
            throw new FormatException(
                    "it has %d bytes (expected: a header of %d, and a plan)"
                            .formatted(window.remaining(), HEADER_BYTES));
        }
        String magic = new String(window.array(), 0, MAGIC.length(), StandardCharsets.ISO_8859_1);
        if (!magic.equals(MAGIC)) {
            throw new FormatException(
                    "it begins with %08x (expected: the letters %s)"
                            .formatted(Integer.reverseBytes(window.getInt(0)), MAGIC));
        }
        int major = window.get(VERSION_AT) & 0xFF;
        String version =
                "%d.%d.%d"
                        .formatted(
                                major,
                                window.get(VERSION_AT + 1) & 0xFF,
                                window.get(VERSION_AT + 2) & 0xFF);
        if (major < OLDEST_MAJOR || major > NEWEST_MAJOR) {
            throw new FormatException(
                    "it was built with TensorRT %s (expected: %d.x or %d.x)"
                            .formatted(version, OLDEST_MAJOR, NEWEST_MAJOR));
        }
        long told = window.getLong(LENGTH_AT);
        long there = channel.size();
        if (told < 0 || told > there) {
            throw new FormatException(
                    "its header tells of %s bytes, and the file has %d; copy it anew"
                            .formatted(Long.toUnsignedString(told), there));
        }
        return version;
    }

    private void scan() throws IOException, FormatException {
        while (true) {
            boolean last = window.limit() < window.capacity();
            int end = last ? window.limit() : window.limit() - LONGEST_PLUGIN;
            for (int at = window.position(); at < end; at++) {
                if (window.get(at) == BEFORE_FIRST_LENGTH[0]) {
                    plugin(at);
                }
            }
            if (last) {
                return;
            }
            window.position(end);
            fill();
        }
    }

    /// Takes the plug-in that stands at a place, if one does.
    private void plugin(int at) throws FormatException {
        String name = text(at);
        if (name == null || name.isEmpty()) {
            return;
        }
        int next = at + FRONT_BYTES + bytes(at);
        String version = text(next);
        if (version == null || version.isEmpty()) {
            return;
        }
        String namespace = text(next + FRONT_BYTES + bytes(next));
        if (namespace == null) {
            return;
        }
        plugins.add("%s%s@%s".formatted(namespace.isEmpty() ? "" : namespace + ":", name, version));
        if (plugins.size() > MOST_PLUGINS) {
            throw new FormatException("it calls more than %d plug-ins".formatted(MOST_PLUGINS));
        }
    }

    /// The text that stands at a place; null where none does.
    private @Nullable String text(int at) {
        if (at + FRONT_BYTES > window.limit()
                || !stands(BEFORE_FIRST_LENGTH, at)
                || !stands(BEFORE_SECOND_LENGTH, at + BEFORE_FIRST_LENGTH.length + LENGTH_BYTES)) {
            return null;
        }
        long length = window.getLong(at + BEFORE_FIRST_LENGTH.length);
        if (length < 0
                || length > Math.min(LONGEST_TEXT, window.limit() - at - FRONT_BYTES)
                || length != window.getLong(at + FRONT_BYTES - LENGTH_BYTES)) {
            return null;
        }
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(window.slice(at + FRONT_BYTES, (int) length))
                            .toString();
            return text.chars().anyMatch(Character::isISOControl) ? null : text;
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    private boolean stands(byte[] bytes, int at) {
        for (int i = 0; i < bytes.length; i++) {
            if (window.get(at + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /// How long the text is that stands at a place.
    private int bytes(int at) {
        return (int) window.getLong(at + BEFORE_FIRST_LENGTH.length);
    }
}
