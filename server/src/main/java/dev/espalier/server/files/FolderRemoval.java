package dev.espalier.server.files;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;

/// Takes a folder away with all that is in it, also where a process has filled it that wants that to fail: no link
/// is followed, whatever is exchanged meanwhile; folders within folders beyond every limit of the kernel's cost no
/// more than others; and after some time it is left as it is.
///
/// A folder that is not empty gives its folders to the uppermost one before it goes, so that no path is longer than
/// three names and no more than three folders are open at once.
public final class FolderRemoval {
    private static final Logger LOG = System.getLogger(FolderRemoval.class.getName());
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final long deadline;
    private boolean again;

    private FolderRemoval(Path folder, Duration limit) {
        this.folder = folder;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /// Removes a folder, as far as it is there and may be removed. What remains is told in the log.
    public static void remove(Path folder) {
        remove(folder, LIMIT);
    }

    /// @param limit how long it may take
    /// @return whether nothing remains
    static boolean remove(Path folder, Duration limit) {
        try {
            new FolderRemoval(folder.toAbsolutePath().normalize(), limit).remove();
            return true;
        } catch (NoSuchFileException _) {
            return true;
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "{0} is not removed: {1}", folder, failure.toString());
            return false;
        }
    }

    private void remove() throws IOException {
        Path name = folder.getFileName();
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(folder.getParent())) {
            if (!(parent instanceof SecureDirectoryStream<Path> place)) {
                removePlainly(folder);
                return;
            }
            if (!isFolder(place, name)) {
                place.deleteFile(name);
                return;
            }
            do {
                again = false;
                try (SecureDirectoryStream<Path> top = opened(place, name, folder)) {
                    for (Path entry : top) {
                        removeEntry(top, entry.getFileName());
                    }
                }
            } while (again);
            place.deleteDirectory(name);
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
    }

    private void removeEntry(SecureDirectoryStream<Path> top, Path name) throws IOException {
        check();
        try {
            if (!isFolder(top, name)) {
                top.deleteFile(name);
                return;
            }
            try (SecureDirectoryStream<Path> inner = opened(top, name, folder.resolve(name))) {
                for (Path entry : inner) {
                    check();
                    lift(inner, entry.getFileName(), top);
                }
            }
            top.deleteDirectory(name);
        } catch (NoSuchFileException | NotDirectoryException _) {
            // It was exchanged meanwhile; the next look will show what it is.
            again = true;
        } catch (DirectoryNotEmptyException _) {
            again = true;
        }
    }

    private void lift(SecureDirectoryStream<Path> from, Path name, SecureDirectoryStream<Path> top)
            throws IOException {
        if (isFolder(from, name)) {
            from.move(name, top, Path.of(UUID.randomUUID().toString()));
            again = true;
        } else {
            from.deleteFile(name);
        }
    }

    private void check() throws IOException {
        if (System.nanoTime() - deadline > 0) {
            throw new IOException("it takes too long");
        }
    }

    private static boolean isFolder(SecureDirectoryStream<Path> place, Path name)
            throws IOException {
        return place.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    /// A folder to be looked into, also where its owner has taken that right from everybody.
    private static SecureDirectoryStream<Path> opened(
            SecureDirectoryStream<Path> place, Path name, Path path) throws IOException {
        try {
            return place.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException _) {
            // There is no call for it that goes by the open folder; nobody exchanges the folders of
            // the dead.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            return place.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /// On systems that cannot open a file by its folder.
    private static void removePlainly(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    removePlainly(entry);
                }
            }
        }
        Files.deleteIfExists(folder);
    }
}
