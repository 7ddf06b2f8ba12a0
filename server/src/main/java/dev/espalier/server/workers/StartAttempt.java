package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.ControlSocket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A worker's start, from its process to its first message. Whoever does it waits for the process; the [WorkerWatch] and
/// whoever wants no worker any more can give it up meanwhile.
///
/// Safe for use by several threads.
final class StartAttempt {
    /// The machine may be busy, and nothing of a user's runs yet.
    private static final long LIMIT_SECONDS = 60;

    private final long begunNanos = System.nanoTime();

    /// What begins the process, which may never say that it has: somebody can have stopped it.
    @GuardedBy("this")
    private @Nullable Process starter;

    @GuardedBy("this")
    private @Nullable ConfinedProcess process;

    @GuardedBy("this")
    private @Nullable ControlSocket socket;

    @GuardedBy("this")
    private @Nullable String givenUp;

    synchronized void beginning(Process newStarter) {
        starter = newStarter;
        endWhereGivenUp();
    }

    synchronized void started(ConfinedProcess newProcess) {
        process = newProcess;
        endWhereGivenUp();
    }

    synchronized void connected(ControlSocket newSocket) {
        socket = newSocket;
        endWhereGivenUp();
    }

    /// It has succeeded or failed: what it has is somebody else's now.
    synchronized void over() {
        starter = null;
        process = null;
        socket = null;
    }

    /// Ends it, where it is not over.
    ///
    /// @param why what follows the worker's name in a sentence
    synchronized void giveUp(String why) {
        if (givenUp == null) {
            givenUp = why;
            endWhereGivenUp();
        }
    }

    @GuardedBy("this")
    private void endWhereGivenUp() {
        if (givenUp != null && process != null) {
            process.kill();
        } else if (givenUp != null && starter != null) {
            Process _ = starter.destroyForcibly();
        }
        if (givenUp != null && socket != null) {
            socket.shutdown();
        }
    }

    /// Why it was given up; null where it was not.
    synchronized @Nullable String givenUp() {
        return givenUp;
    }

    /// Looks whether it takes too long.
    void look(long nowNanos) {
        if (nowNanos - begunNanos > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
            giveUp("did not connect within %d s".formatted(LIMIT_SECONDS));
        }
    }
}
