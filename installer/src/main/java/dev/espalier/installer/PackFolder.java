package dev.espalier.installer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder of engine packs. Packs come and go whole: they are put together, and taken apart, under names
/// that begin with a dot, which are no packs.
record PackFolder(Path path) {
    /// A server has a shared lock on this file of each pack that its workers run from.
    static final String LOCK = "lock";

    private static final String UNFINISHED = ".unfinished-";

    /// All packs, by name.
    List<Pack> packs() throws InstallException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        List<Pack> packs = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(path, "[!.]*")) {
            for (Path folder : folders) {
                Pack.in(folder).ifPresent(packs::add);
            }
        } catch (IOException failure) {
            throw new InstallException(path + " cannot be read: " + failure, failure);
        }
        packs.sort(Comparator.comparing(Pack::name));
        return packs;
    }

    Optional<Pack> find(String name) throws InstallException {
        return packs().stream().filter(pack -> pack.name().equals(name)).findFirst();
    }

    /// A folder to put a pack together in, which goes when this process ends before it is one.
    Path begin() throws InstallException {
        try {
            Files.createDirectories(path);
            clearUp();
            Path folder = unfinished();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException failure) {
            throw new InstallException(
                    path + " cannot be written (see --engine-directory): " + failure, failure);
        }
    }

    /// Makes a finished folder a pack, in one step.
    Pack finish(Path folder, String name) throws InstallException {
        Path place = path.resolve(name);
        try {
            return new Pack(name, Files.move(folder, place, StandardCopyOption.ATOMIC_MOVE));
        } catch (IOException failure) {
            throw new InstallException(
                    "%s cannot be put into place: %s".formatted(place, failure), failure);
        }
    }

    /// Takes a pack away.
    ///
    /// @throws InstallException when a server uses it, or its files cannot be deleted
    void remove(Pack pack) throws InstallException {
        try (FileChannel lock =
                FileChannel.open(
                        pack.folder().resolve(LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                throw new InstallException(
                        "%s is in use by a server; unload the models that run with it, or stop the server, and remove it then"
                                .formatted(pack.name()));
            }
            Path gone = unfinished();
            Files.move(pack.folder(), gone, StandardCopyOption.ATOMIC_MOVE);
            delete(gone);
        } catch (IOException failure) {
            throw new InstallException(
                    "%s cannot be removed: %s".formatted(pack.folder(), failure), failure);
        }
    }

    /// A new folder, which others may read like the packs that it becomes or was.
    private Path unfinished() throws IOException {
        return Files.createDirectory(
                path.resolve(
                        UNFINISHED
                                + ProcessHandle.current().pid()
                                + "-"
                                + Long.toHexString(System.nanoTime())));
    }

    /// Deletes what processes have left that were killed.
    private void clearUp() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(path, UNFINISHED + "*")) {
            for (Path folder : folders) {
                String name = String.valueOf(folder.getFileName()).substring(UNFINISHED.length());
                String pid = name.replaceFirst("-.*", "");
                if (!pid.matches("\\d{1,18}") || ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    delete(folder);
                }
            }
        }
    }

    /// Deletes a folder as far as that is possible.
    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException failure) {
            System.err.println("espalier: " + folder + " cannot be deleted: " + failure);
        }
    }
}
