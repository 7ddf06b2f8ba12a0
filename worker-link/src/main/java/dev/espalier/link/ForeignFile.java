package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// A file where a worker writes, as it may have left it: a link to what the server alone may read, a FIFO that nobody
/// writes to, a file without end.
public final class ForeignFile {
    private static final long THIS_FOLDER = -100;
    private static final long THE_DESCRIPTOR_ITSELF = 0x1000;

    /// `struct statx`: what kind of file it is, and how many names it has.
    private static final long STATX_TYPE = 0x1;

    private static final long STATX_NLINK = 0x4;
    private static final long STATX_SIZE = 256;
    private static final long NLINK = 16;
    private static final long MODE = 28;
    private static final int TYPE_MASK = 0xf000;
    private static final int REGULAR = 0x8000;

    private ForeignFile() {}

    /// The first bytes of `file`, at most `most`. Follows no link as the last part of the path, and waits for nobody.
    ///
    /// @throws IOException when there is none, or it is not a regular file with one name only
    public static byte[] head(Path file, int most) throws IOException {
        return LinkKind.ofThisMachine() == LinkKind.LINUX
                ? headByDescriptor(file, most)
                : headByName(file, most);
    }

    /// What was opened is what is looked at: there is no moment to exchange it.
    private static byte[] headByDescriptor(Path file, int most) throws LinkException {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor =
                    (int)
                            LinuxCalls.checked(
                                    "open " + file,
                                    LinuxCalls.OPENAT,
                                    THIS_FOLDER,
                                    arena.allocateFrom(file.toString()).address(),
                                    LinuxCalls.O_NOFOLLOW
                                            | LinuxCalls.O_NONBLOCK
                                            | LinuxCalls.O_CLOEXEC);
            try {
                requireRegular(arena, file, descriptor);
                return read(arena, file, descriptor, most);
            } finally {
                LinuxCalls.close(descriptor);
            }
        }
    }

    private static void requireRegular(Arena arena, Path file, int descriptor)
            throws LinkException {
        MemorySegment status = arena.allocate(STATX_SIZE, 8);
        long _ =
                LinuxCalls.checked(
                        "look at " + file,
                        LinuxCalls.STATX,
                        descriptor,
                        arena.allocateFrom("").address(),
                        THE_DESCRIPTOR_ITSELF,
                        STATX_TYPE | STATX_NLINK,
                        status.address());
        if ((status.get(JAVA_SHORT, MODE) & TYPE_MASK) != REGULAR
                || status.get(JAVA_INT, NLINK) > 1) {
            throw refused(file);
        }
    }

    private static LinkException refused(Path file) {
        return new LinkException(
                "%s is not read (expected: a regular file with one name)".formatted(file));
    }

    private static byte[] read(Arena arena, Path file, int descriptor, int most)
            throws LinkException {
        MemorySegment bytes = arena.allocate(Math.max(1, most), 8);
        int length = 0;
        while (length < most) {
            long count =
                    LinuxCalls.checked(
                            "read " + file,
                            LinuxCalls.READ,
                            descriptor,
                            bytes.address() + length,
                            most - length);
            if (count == 0) {
                break;
            }
            length += (int) count;
        }
        return bytes.asSlice(0, length).toArray(JAVA_BYTE);
    }

    /// Elsewhere the kernel is asked twice.
    static byte[] headByName(Path file, int most) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw refused(file);
        }
        try (InputStream stream = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return stream.readNBytes(most);
        }
    }
}
