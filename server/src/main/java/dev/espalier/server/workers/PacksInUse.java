package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.ops.EngineVersion;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/// The engine packs that workers run from. The server has a shared lock on a file of each, which keeps
/// `espalier engine remove` from taking the pack away: the worker after one that dies must find it again.
///
/// Safe for use by several threads.
final class PacksInUse implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PacksInUse.class.getName());
    private static final String LOCK = "lock";

    @GuardedBy("this")
    private final Map<EngineVersion, Use> uses = new HashMap<>();

    /// A pack's lock, and how many hosts of workers need it: a process cannot lock a file twice.
    private static final class Use {
        private final FileChannel channel;
        private int hosts;

        Use(FileChannel channel) {
            this.channel = channel;
        }
    }

    /// One more host uses a pack. Those that came with the server have no such file: they go with it.
    ///
    /// @throws IOException when it is being removed
    synchronized void add(EnginePack pack) throws IOException {
        Use use = uses.get(pack.engine());
        if (use == null) {
            Path file = pack.folder().resolve(LOCK);
            if (!Files.exists(file)) {
                return;
            }
            use = new Use(locked(file));
            uses.put(pack.engine(), use);
        }
        use.hosts++;
    }

    /// A host has ended that was added.
    synchronized void remove(EngineVersion engine) {
        Use use = uses.get(engine);
        if (use != null && --use.hosts == 0) {
            uses.remove(engine);
            unlock(use);
        }
    }

    @Override
    public synchronized void close() {
        uses.values().forEach(PacksInUse::unlock);
        uses.clear();
    }

    private static FileChannel locked(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
        if (lock == null) {
            channel.close();
            throw new IOException("engine pack " + file.getParent() + " is being removed");
        }
        return channel;
    }

    private static void unlock(Use use) {
        try {
            use.channel.close();
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "an engine pack stays locked", failure);
        }
    }
}
