package dev.espalier.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.logging.ServerLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Where the server process begins.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        switch (CommandLine.parse(arguments, System.getenv(), EngineList.ALL.known())) {
            case CommandLine.ShowHelp(String text) -> System.out.print(text);
            case CommandLine.Refused(String message) -> {
                System.err.println(message);
                System.exit(2);
            }
            case CommandLine.Run(ServerOptions options) -> System.exit(run(options));
        }
    }

    /// The start, which a signal gives up where it still waits for models.
    private static final class Startup {
        @GuardedBy("this")
        private @Nullable Thread waiting = Thread.currentThread();

        synchronized void giveUp() {
            if (waiting != null) {
                waiting.interrupt();
            }
        }

        /// From now on nobody interrupts the calling thread, which is the one that started.
        synchronized void isOver() {
            waiting = null;
            boolean _ = Thread.interrupted();
        }
    }

    /// Runs the server until a signal ends it.
    ///
    /// @return the exit code
    private static int run(ServerOptions options) {
        CountDownLatch signal = new CountDownLatch(1);
        CompletableFuture<Integer> end = new CompletableFuture<>();
        Startup startup = new Startup();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> shutDown(signal, startup, end), "shutdown"));
        InternalErrors errors =
                new InternalErrors(() -> Runtime.getRuntime().halt(InternalErrors.EXIT_CODE));
        Thread.setDefaultUncaughtExceptionHandler(errors);
        int code = 1;
        try (ServerLog log = ServerLog.start(options.logging());
                Server server = new Server(options, EngineList.ALL, log, errors)) {
            if (start(server, startup)) {
                signal.await();
                code = 0;
            } else {
                System.err.println(
                        "a model cannot be served, and --exit-on-error is true: stopping");
            }
        } catch (IOException failure) {
            System.err.println("the server cannot start: " + failure.getMessage());
        } catch (InterruptedException _) {
            code = 0; // Asked to end before it had started.
        } finally {
            end.complete(code);
        }
        return code;
    }

    private static boolean start(Server server, Startup startup)
            throws IOException, InterruptedException {
        try {
            return server.start();
        } finally {
            startup.isOver();
        }
    }

    /// A signal has come (or the server has ended by itself): the JVM waits until everything is closed. A
    /// server that has been asked to end has not failed, but the JVM's own code would be that of the signal.
    private static void shutDown(
            CountDownLatch signal, Startup startup, CompletableFuture<Integer> end) {
        signal.countDown();
        startup.giveUp();
        Runtime.getRuntime().halt(end.join());
    }
}
