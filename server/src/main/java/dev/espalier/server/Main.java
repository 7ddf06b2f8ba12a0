package dev.espalier.server;

import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.logging.ServerLog;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// Where the server process begins.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        switch (CommandLine.parse(arguments, System.getenv())) {
            case CommandLine.ShowHelp(String text) -> System.out.print(text);
            case CommandLine.Refused(String message) -> {
                System.err.println(message);
                System.exit(2);
            }
            case CommandLine.Run(ServerOptions options) -> System.exit(run(options));
        }
    }

    /// Runs the server until a signal ends it.
    ///
    /// @return the exit code
    private static int run(ServerOptions options) {
        CountDownLatch signal = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> shutDown(signal, closed), "shutdown"));
        try (ServerLog _ = ServerLog.start(options.logging());
                Server server = new Server(options)) {
            if (!server.start()) {
                System.err.println(
                        "a model cannot be served, and --exit-on-error is true: stopping");
                return 1;
            }
            signal.await();
            return 0;
        } catch (IOException failure) {
            System.err.println("the server cannot start: " + failure.getMessage());
            return 1;
        } catch (InterruptedException _) {
            return 1;
        } finally {
            closed.countDown();
        }
    }

    /// A signal has come (or the server has ended by itself): the JVM waits until everything is closed.
    private static void shutDown(CountDownLatch signal, CountDownLatch closed) {
        signal.countDown();
        try {
            closed.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
