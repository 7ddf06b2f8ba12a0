package dev.espalier.server.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// Opens files that lie where users put things. Only regular files: to open a FIFO waits for its other end,
/// and a device has no end.
public final class RegularFile {
    private RegularFile() {}

    /// Opens `file` for reading; a link is followed.
    ///
    /// @throws IOException when it is not there, may not be read, or is no regular file
    public static SeekableByteChannel open(Path file) throws IOException {
        size(file);
        return Files.newByteChannel(file);
    }

    /// The size of a regular file, so many bytes of which are to be read: some files of the kernel's have an
    /// endless content and the size 0.
    public static long size(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "is %s (expected: a regular file)"
                            .formatted(
                                    attributes.isDirectory()
                                            ? "a folder"
                                            : "a pipe, a socket or a device"));
        }
        return attributes.size();
    }

    /// The content of a small file.
    ///
    /// @param most how many bytes it may have
    public static byte[] bytes(Path file, int most) throws IOException {
        long size = size(file);
        if (size > most) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "has %d bytes (expected: %d at most)".formatted(size, most));
        }
        ByteBuffer content = ByteBuffer.allocate((int) size);
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            while (content.hasRemaining()) {
                if (channel.read(content) < 0) {
                    throw new EOFException(file + " became shorter while it was read");
                }
            }
        }
        return content.array();
    }

    /// The content of a small text in UTF-8.
    ///
    /// @throws java.nio.charset.CharacterCodingException when it is no UTF-8
    public static String text(Path file, int most) throws IOException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes(file, most)))
                .toString();
    }
}
