package dev.espalier.server.regions;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// The folder in which the system keeps shared memory, a file each. Only what lies in it itself is opened, and only
/// regular files: no link leads out of it, and nothing in it waits for somebody to open its other end.
final class RegionFolder {
    private final Path folder;

    RegionFolder(Path folder) {
        this.folder = folder;
    }

    /// Opens a region's file.
    ///
    /// @param closed is run once, when the file is open no more or cannot be opened
    /// @throws ServingException INTERNAL where it cannot be opened, or is shorter
    ClientRegion open(RegionStatus status, Runnable closed) throws ServingException {
        FileChannel file;
        try {
            file = open(status.key());
        } catch (IOException | InvalidPathException failure) {
            closed.run();
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "Unable to open shared memory region: '%s'".formatted(status.key()),
                    failure);
        }
        ClientRegion region = new ClientRegion(status, file, closed);
        boolean fits = false;
        try {
            long size = file.size();
            // All of these are numbers of the client's, so no sum of them is formed.
            fits =
                    status.offset() >= 0
                            && status.byteSize() > 0
                            && status.offset() <= size
                            && status.byteSize() <= size - status.offset();
        } catch (IOException unreadable) {
            // As if it had no bytes.
        } finally {
            if (!fits) {
                region.unregister();
            }
        }
        if (!fits) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "failed to register shared memory region '%s': invalid args"
                            .formatted(status.name()));
        }
        return region;
    }

    /// As `shm_open`, for which slashes before a name count as none.
    private FileChannel open(String key) throws IOException {
        int begin = 0;
        while (begin < key.length() && key.charAt(begin) == '/') {
            begin++;
        }
        String name = key.substring(begin);
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
            throw new IOException("is no name of a file");
        }
        Path path = folder.resolve(name);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("is no regular file");
        }
        return FileChannel.open(
                path,
                Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS));
    }
}
