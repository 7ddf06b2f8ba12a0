package dev.espalier.server.regions;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The regions of shared memory that clients have registered (protocol extension "system_shared_memory"). Whoever may
/// use the server may use them all, as with Triton. Safe for use by several threads.
public final class ClientRegions {
    /// Where Linux keeps shared memory that has a name.
    public static final Path SYSTEM_FOLDER = Path.of("/dev/shm");

    /// How many may be open, each of which holds a descriptor: also those that are unregistered while requests use
    /// them.
    private static final int MOST = 1_000;

    /// The longest name and the longest key in characters: both are kept, and told to whoever asks.
    private static final int LONGEST = 4_096;

    private final @Nullable RegionFolder folder;

    @GuardedBy("this")
    private final TreeMap<String, ClientRegion> regions = new TreeMap<>();

    /// Files that are open, or are being opened.
    @GuardedBy("this")
    private int open;

    private ClientRegions(@Nullable RegionFolder folder) {
        this.folder = folder;
    }

    /// Regions whose files lie in `folder`.
    public static ClientRegions in(Path folder) {
        return new ClientRegions(new RegionFolder(folder));
    }

    /// None, and none can be registered.
    public static ClientRegions off() {
        return new ClientRegions(null);
    }

    /// Whether there may be any.
    public boolean allowed() {
        return folder != null;
    }

    /// @throws ServingException UNSUPPORTED where there may be none
    public void checkAllowed() throws ServingException {
        RegionFolder _ = folder();
    }

    private RegionFolder folder() throws ServingException {
        if (folder == null) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED,
                    "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.");
        }
        return folder;
    }

    /// Memory of GPUs is none that can be registered; so there never is any, which clients may ask for and unregister.
    public void registerOnGpu() throws ServingException {
        checkAllowed();
        throw new ServingException(
                ErrorCode.UNSUPPORTED,
                "shared memory of GPUs is not supported: the server itself uses none (expected:"
                        + " system shared memory, or tensors in the request)");
    }

    /// @throws ServingException NOT_FOUND where a region is named
    public void checkOnGpu(String name) throws ServingException {
        checkAllowed();
        if (!name.isEmpty()) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Unable to find cuda shared memory region: '%s'".formatted(name));
        }
    }

    /// Opens a region's file and keeps it under a name. Waits for the file: not for a loop.
    ///
    /// @param key the name of a file in the folder, with or without slashes before it
    /// @throws ServingException ALREADY_EXISTS where the name is taken, INTERNAL where there is no such file,
    ///     INVALID_ARGUMENT where the file is shorter
    public void register(String name, String key, long offset, long byteSize)
            throws ServingException {
        RegionFolder files = folder();
        checkLength("name", name);
        checkLength("key", key);
        synchronized (this) {
            checkFree(name);
            if (open >= MOST) {
                throw new ServingException(
                        ErrorCode.OVERLOADED,
                        "%d shared memory regions are registered, or unregistered and still used (expected: fewer before another one; unregister those that are no longer used)"
                                .formatted(MOST));
            }
            open++;
        }
        ClientRegion opened =
                files.open(new RegionStatus(name, key, offset, byteSize), this::closed);
        boolean kept = false;
        try {
            synchronized (this) {
                checkFree(name);
                regions.put(name, opened);
                kept = true;
            }
        } finally {
            if (!kept) {
                opened.unregister();
            }
        }
    }

    private static void checkLength(String what, String text) throws ServingException {
        if (text.length() > LONGEST) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the %s of a shared memory region has %d characters (expected: %d at most)"
                            .formatted(what, text.length(), LONGEST));
        }
    }

    private synchronized void closed() {
        open--;
    }

    @GuardedBy("this")
    private void checkFree(String name) throws ServingException {
        if (regions.containsKey(name)) {
            throw new ServingException(
                    ErrorCode.ALREADY_EXISTS,
                    "shared memory region '%s' already in manager".formatted(name));
        }
    }

    /// Forgets a region, if it is known. Requests that use it go on.
    public void unregister(String name) throws ServingException {
        checkAllowed();
        ClientRegion known;
        synchronized (this) {
            known = regions.remove(name);
        }
        if (known != null) {
            known.unregister();
        }
    }

    /// Forgets all.
    public void unregisterAll() throws ServingException {
        checkAllowed();
        List<ClientRegion> known;
        synchronized (this) {
            known = List.copyOf(regions.values());
            regions.clear();
        }
        known.forEach(ClientRegion::unregister);
    }

    /// @throws ServingException NOT_FOUND where it is not registered
    public RegionStatus status(String name) throws ServingException {
        checkAllowed();
        ClientRegion known = find(name);
        if (known == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Unable to find system shared memory region: '%s'".formatted(name));
        }
        return known.status();
    }

    /// All of them, by their names.
    public List<RegionStatus> statuses() throws ServingException {
        checkAllowed();
        synchronized (this) {
            return regions.values().stream().map(ClientRegion::status).toList();
        }
    }

    private synchronized @Nullable ClientRegion find(String name) {
        return regions.get(name);
    }

    /// A part of a region that a request names.
    ///
    /// @throws ServingException NOT_FOUND where the region is not registered, INVALID_ARGUMENT where it has no such part
    public RegionRange range(String name, long offset, long byteSize) throws ServingException {
        checkAllowed();
        ClientRegion known = find(name);
        if (known == null) {
            throw notFound(name);
        }
        long size = known.status().byteSize();
        if (offset < 0 || offset >= size) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Invalid offset for shared memory region: '%s'".formatted(name));
        }
        // No bytes at the very begin are none, as with Triton.
        if (byteSize < 0 || byteSize > size - offset || offset + byteSize == 0) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Invalid offset + byte size for shared memory region: '%s'".formatted(name));
        }
        return new RegionRange(known, offset, byteSize);
    }

    static ServingException notFound(String name) {
        return new ServingException(
                ErrorCode.NOT_FOUND, "Unable to find shared memory region: '%s'".formatted(name));
    }
}
