package dev.espalier.server.repository;

import dev.espalier.server.files.FolderRemoval;
import dev.espalier.server.files.OpenToWorkers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Where a server keeps its copies of models while it runs. Several servers may share the folder above:
/// each locks its own, and what a server that died has left is removed by the next one.
public final class PrivateFolder implements AutoCloseable {
    private static final String LOCK = ".lock";

    private final Path folder;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final AtomicLong numbers = new AtomicLong();

    /// A folder of its own in `shared`, which is made where it is missing.
    ///
    /// @throws IOException when it cannot be made
    public PrivateFolder(Path shared) throws IOException {
        OpenToWorkers.privateFolder(shared);
        // One server at a time: a folder whose lock is not taken yet would look abandoned.
        try (FileChannel gate = lockFile(shared);
                FileLock _ = gate.lock()) {
            folder = shared.resolve(UUID.randomUUID().toString());
            OpenToWorkers.privateFolder(folder);
            lockFile = lockFile(folder);
            lock = lockFile.lock();
            removeAbandoned(shared);
        }
    }

    private static FileChannel lockFile(Path folder) throws IOException {
        return FileChannel.open(
                folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void removeAbandoned(Path shared) throws IOException {
        try (var others = Files.newDirectoryStream(shared, Files::isDirectory)) {
            for (Path other : others) {
                if (!other.equals(folder) && isAbandoned(other)) {
                    FolderRemoval.remove(other);
                }
            }
        }
    }

    private static boolean isAbandoned(Path other) {
        try (FileChannel channel = lockFile(other)) {
            return channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException _) {
            return false;
        }
    }

    /// A path in it that nobody has had before.
    public Path next() {
        return folder.resolve(Long.toString(numbers.incrementAndGet()));
    }

    @Override
    public void close() throws IOException {
        lock.close();
        lockFile.close();
        FolderRemoval.remove(folder);
    }
}
