package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineLostError;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.LinkKind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;

/// Where a worker process begins: `WorkerMain LINK SOCKET ENGINE LIBRARY`, with the kind of the link, the
/// name of the server's control socket, the engine's name and the path of its native library. Started by
/// the server only.
public final class WorkerMain {
    private WorkerMain() {}

    public static void main(String[] arguments) {
        run(arguments, WorkerEngines.ofTheDistribution());
    }

    /// The same for other engines.
    public static void run(String[] arguments, WorkerEngines engines) {
        if (arguments.length != 4) {
            System.err.println(
                    "WorkerMain is started by the Espalier server: LINK SOCKET ENGINE LIBRARY (got "
                            + arguments.length
                            + " arguments)");
            System.exit(2);
        }
        LinkKind link = LinkKind.named(arguments[0]);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> fail(link, thread, failure));
        try (ControlSocket socket = link.connect(arguments[1])) {
            new Worker(link, socket, engines.named(arguments[2]).open(Path.of(arguments[3]))).run();
        } catch (EOFException serverIsGone) {
            end(link);
        } catch (IOException | EngineException failure) {
            System.err.println("worker: " + failure.getMessage());
            link.exit(1);
        }
    }

    /// A thread of ours has ended in an error: what it was for is not done any more, so the worker goes,
    /// and another one comes.
    private static void fail(LinkKind link, Thread thread, Throwable failure) {
        if (failure instanceof EngineLostError) {
            System.err.println("thread '%s': %s".formatted(thread.getName(), failure.getMessage()));
            link.exit(LinkKind.ENGINE_LOST);
        }
        System.err.println("worker: thread '" + thread.getName() + "' failed: " + failure);
        link.exit(1);
    }

    /// Ends the process without running exit handlers: an op may have registered one that never returns.
    private static void end(LinkKind link) {
        if (Boolean.getBoolean("espalier.worker.orderly-exit")) {
            // The run that records an AOT cache writes it in the JVM's own exit.
            System.exit(0);
        }
        link.exit(0);
    }
}
