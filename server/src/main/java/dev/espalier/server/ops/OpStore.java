package dev.espalier.server.ops;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The private store of op libraries, by hash. Workers load from here, so that nothing a user does to
/// their file reaches a library that is loaded, and so that each build has a path of its own (a loader
/// that sees an old path again gives the old code).
///
/// Several servers may share a store: a file appears complete, by a rename.
public final class OpStore {
    private final Path folder;

    /// A store in the folder `folder`, which is made when the first library comes.
    public OpStore(Path folder) {
        this.folder = folder;
    }

    /// Takes a copy of the library at `source`, unless its content is there already.
    ///
    /// @throws ServingException when the file cannot be read or the copy not be written
    public OpLibrary keep(Path source) throws ServingException {
        byte[] content = read(source);
        String hash = sha256(content);
        // The name stays: it is what messages of the loader and the engine say.
        Path stored = folder.resolve(hash).resolve(source.getFileName());
        if (Files.notExists(stored)) {
            write(source, content, stored);
        }
        return new OpLibrary(hash, source, stored);
    }

    private static byte[] read(Path source) throws ServingException {
        try {
            return Files.readAllBytes(source);
        } catch (NoSuchFileException _) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND, "op library " + source + " does not exist");
        } catch (AccessDeniedException _) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "op library " + source + " may not be read by the server's user");
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "op library " + source + " cannot be read: " + failure.getMessage(),
                    failure);
        }
    }

    private void write(Path source, byte[] content, Path stored) throws ServingException {
        try {
            Files.createDirectories(stored.getParent());
            Path partial = Files.createTempFile(folder, "incoming", ".part");
            try {
                Files.write(partial, content);
                Files.move(partial, stored, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "op library %s cannot be copied to %s (see --state-directory): %s"
                            .formatted(source, folder, failure.getMessage()),
                    failure);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
