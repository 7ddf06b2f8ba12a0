package dev.espalier.server.ops;

import dev.espalier.server.files.RegularFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Takes the SHA-256 of files piece by piece: op libraries have hundreds of megabytes where an engine or code
/// for GPUs is linked into them, and several are looked at at once.
final class FileHash {
    private static final int PIECE = 1 << 17;

    private FileHash() {}

    /// The hash of a file's content, in hexadecimal.
    static String of(Path file) throws IOException {
        return read(file, null);
    }

    /// The hash of a text.
    static String of(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Copies a file to `target`, which is there.
    ///
    /// @return the hash of what was copied
    static String copy(Path file, Path target) throws IOException {
        try (SeekableByteChannel out = Files.newByteChannel(target, StandardOpenOption.WRITE)) {
            return read(file, out);
        }
    }

    private static String read(Path file, @Nullable SeekableByteChannel copy) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        long left = RegularFile.size(file);
        try (SeekableByteChannel in = RegularFile.open(file)) {
            while (left > 0) {
                piece.clear().limit((int) Math.min(PIECE, left));
                int count = in.read(piece);
                if (count < 0) {
                    throw new EOFException("it became shorter while it was read");
                }
                left -= count;
                digest.update(piece.flip());
                piece.rewind();
                while (copy != null && piece.hasRemaining()) {
                    int _ = copy.write(piece);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
