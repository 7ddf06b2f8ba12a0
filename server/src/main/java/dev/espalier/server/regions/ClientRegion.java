package dev.espalier.server.regions;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// One region of a client's shared memory: its file, which stays open until the region has been unregistered and the
/// last request that uses it is over. Safe for use by several threads.
///
/// The file is its client's, who may truncate, unlink or rewrite it at any moment. So it is never mapped, where a
/// missing page would be a signal that ends the process, but read and written by system calls, which fail.
public final class ClientRegion {
    private static final Logger LOG = System.getLogger(ClientRegion.class.getName());

    private final RegionStatus status;
    private final FileChannel file;
    private final Runnable closed;

    @GuardedBy("this")
    private int users;

    @GuardedBy("this")
    private boolean unregistered;

    /// @param file is the region's from now on
    /// @param closed is run once the file is open no more
    ClientRegion(RegionStatus status, FileChannel file, Runnable closed) {
        this.status = status;
        this.file = file;
        this.closed = closed;
    }

    RegionStatus status() {
        return status;
    }

    /// What its clients call it.
    public String name() {
        return status.name();
    }

    /// Keeps the file open until [#letGo].
    ///
    /// @throws ServingException NOT_FOUND where the region has been unregistered
    void hold() throws ServingException {
        synchronized (this) {
            if (!unregistered) {
                users++;
                return;
            }
        }
        throw ClientRegions.notFound(name());
    }

    void letGo() {
        synchronized (this) {
            users--;
        }
        closeIfUnused();
    }

    /// No request may begin to use it.
    void unregister() {
        synchronized (this) {
            unregistered = true;
        }
        closeIfUnused();
    }

    private void closeIfUnused() {
        synchronized (this) {
            if (!unregistered || users > 0) {
                return;
            }
        }
        // The pages of a file that its client has removed are freed with its last descriptor, which
        // may take long.
        Thread _ = Thread.ofVirtual().name("close region").start(this::close);
    }

    private void close() {
        try {
            file.close();
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "closing shared memory region '" + name() + "'", failure);
        } finally {
            closed.run();
        }
    }

    /// Fills `target` with what lies `from` bytes behind the region's begin.
    ///
    /// @throws ServingException INTERNAL where the file is too short by now, or cannot be read
    void read(ByteBuffer target, long from) throws ServingException {
        long end = from + target.remaining();
        long at = from;
        try {
            while (target.hasRemaining()) {
                int count = file.read(target, status.offset() + at);
                if (count < 0) {
                    throw shortened(at, end);
                }
                at += count;
            }
        } catch (IOException failure) {
            throw failed("read", failure);
        }
    }

    /// Writes what `source` has left to where it lies `from` bytes behind the region's begin. A file that is too short
    /// by now does not grow.
    ///
    /// @throws ServingException INTERNAL where the file is too short by now, or cannot be written
    void write(ByteBuffer source, long from) throws ServingException {
        long end = from + source.remaining();
        long at = from;
        try {
            long there = file.size() - status.offset();
            if (there < end) {
                throw shortened(there, end);
            }
            while (source.hasRemaining()) {
                at += file.write(source, status.offset() + at);
            }
        } catch (IOException failure) {
            throw failed("written", failure);
        }
    }

    private ServingException shortened(long there, long wanted) {
        return new ServingException(
                ErrorCode.INTERNAL,
                "shared memory region '%s' ends at byte %d (expected: at %d or later; its file '%s' is shorter than when it was registered)"
                        .formatted(name(), Math.max(0, there), wanted, status.key()));
    }

    private ServingException failed(String what, IOException failure) {
        return new ServingException(
                ErrorCode.INTERNAL,
                "shared memory region '%s' cannot be %s: %s"
                        .formatted(name(), what, failure.getMessage()),
                failure);
    }
}
