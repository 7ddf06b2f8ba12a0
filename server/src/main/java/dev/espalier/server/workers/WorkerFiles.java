package dev.espalier.server.workers;

import dev.espalier.server.files.FolderRemoval;
import dev.espalier.server.files.OpenToWorkers;
import dev.espalier.server.ops.OpLibrary;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;

/// The one folder of files that the workers of a host may read besides the engine: its op libraries and models.
/// What a process may read is settled at its start, and models come and go, so the server lays them here: as links
/// to its copies, which take no room, or copies of these where the file system has no links.
///
/// Only the server writes. Safe for use by several threads.
public final class WorkerFiles {
    private final Path folder;
    private final AtomicLong numbers = new AtomicLong();

    /// @param folder made here
    WorkerFiles(Path folder) throws IOException {
        OpenToWorkers.folders(folder, folder);
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /// Lays a library with its parts, as they lie to each other.
    ///
    /// @return where it lies
    public synchronized Path lay(OpLibrary library) throws IOException {
        Path root = folder.resolve("ops").resolve(library.sha256());
        Path laid = root.resolve(library.root().relativize(library.stored()));
        if (Files.notExists(laid)) {
            lay(library.root(), root);
        }
        return laid;
    }

    /// Lays a model's files.
    ///
    /// @param copy the folder with the server's copies of them
    /// @return the folder in which they lie
    public Path lay(Path copy) throws IOException {
        Path laid = folder.resolve("models").resolve(Long.toString(numbers.incrementAndGet()));
        lay(copy, laid);
        return laid;
    }

    private void lay(Path from, Path to) throws IOException {
        try {
            OpenToWorkers.folders(/* top= */ folder, /* folder= */ to);
            Files.walkFileTree(from, new Laying(from, to));
        } catch (IOException failure) {
            FolderRemoval.remove(to);
            throw failure;
        }
    }

    /// Takes away what was laid.
    public void remove(Path laid) {
        FolderRemoval.remove(laid);
    }

    /// Takes everything away.
    void remove() {
        FolderRemoval.remove(folder);
    }

    private static final class Laying extends SimpleFileVisitor<Path> {
        private final Path from;
        private final Path to;

        Laying(Path from, Path to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path entry, BasicFileAttributes attributes)
                throws IOException {
            Path target = to.resolve(from.relativize(entry));
            OpenToWorkers.folders(target, target);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Path target = to.resolve(from.relativize(file));
            try {
                Files.createLink(target, file);
            } catch (UnsupportedOperationException | FileSystemException _) {
                Files.copy(file, target);
                OpenToWorkers.file(target);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
