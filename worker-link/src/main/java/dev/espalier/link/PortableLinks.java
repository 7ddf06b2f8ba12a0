package dev.espalier.link;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/// Links of files in a folder of the server's own, with the machine's temporary files. Its lock is held
/// while the server lives; what a server that was killed has left goes when the next one starts.
final class PortableLinks implements Links {
    private static final String PREFIX = "espalier-link-";
    private static final String LOCK = "lock";

    private final Path folder;
    private final FileChannel lock;
    private final AtomicLong numbers = new AtomicLong();

    private PortableLinks(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /// Makes a folder in `shared`, which nobody else can enter, and removes those of servers that are gone.
    static PortableLinks inNewFolder(Path shared) throws LinkException {
        try {
            Path folder = Files.createTempDirectory(shared, PREFIX);
            // Renamed when it is locked: without it a folder does not look abandoned.
            Path made = folder.resolve("new");
            FileChannel lock =
                    FileChannel.open(made, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock _ = lock.lock();
            Path _ = Files.move(made, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
            PortableLinks links = new PortableLinks(folder, lock);
            links.removeAbandoned(shared);
            return links;
        } catch (IOException failure) {
            throw new LinkException("make a folder for links in " + shared, failure);
        }
    }

    private void removeAbandoned(Path shared) throws IOException {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(shared, PREFIX + "*")) {
            for (Path other : others) {
                if (!other.equals(folder) && isAbandoned(other)) {
                    remove(other);
                }
            }
        }
    }

    private static boolean isAbandoned(Path other) {
        try (FileChannel channel =
                FileChannel.open(other.resolve(LOCK), StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException _) {
            return false;
        }
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    @Override
    public LinkKind kind() {
        return LinkKind.PORTABLE;
    }

    @Override
    public SharedRegion createIn(long size) throws LinkException {
        return withControlWords(FileRegion.createWritable(next("in"), size));
    }

    @Override
    public SharedRegion createSegment(long size) throws LinkException {
        return FileRegion.createWritable(next("segment"), size);
    }

    @Override
    public SharedRegion createOut(long size) throws LinkException {
        return withControlWords(FileRegion.createForPeer(next("out"), size));
    }

    /// Nobody reserves what lies before the blocks, so it is there from the start.
    private static SharedRegion withControlWords(FileRegion region) throws LinkException {
        try {
            region.reserve(0, LinkLayout.BLOCKS);
            return region;
        } catch (LinkException failure) {
            region.close();
            throw failure;
        }
    }

    @Override
    public ControlSocket.Listener listen() throws LinkException {
        return new PortableControlSocket.Listener(next("s"));
    }

    private Path next(String name) {
        return folder.resolve(name + numbers.incrementAndGet());
    }

    @Override
    public void close() {
        try {
            lock.close();
            remove(folder);
        } catch (IOException _) {
            // What cannot be deleted yet goes when the next server starts.
        }
    }
}
