package dev.espalier.server.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Lets workers read files of ours, as whatever user they run. Nobody else gets at them: they lie below a folder
/// that only the server's user may enter.
public final class OpenToWorkers {
    private static final Set<PosixFilePermission> FILE =
            PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> FOLDER =
            PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");

    private OpenToWorkers() {}

    /// Lets a file of ours be read.
    public static void file(Path file) throws IOException {
        set(file, FILE);
    }

    /// Makes a folder of ours, with those above it up to `top`, which may be entered.
    public static void folders(Path top, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Path each = folder; each != null && each.startsWith(top); each = each.getParent()) {
            set(each, FOLDER);
        }
    }

    /// Makes a folder of ours that only the server's user may enter.
    public static void privateFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        set(folder, PRIVATE);
    }

    private static void set(Path file, Set<PosixFilePermission> permissions) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, permissions);
        }
    }
}
