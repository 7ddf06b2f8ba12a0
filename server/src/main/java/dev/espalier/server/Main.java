package dev.espalier.server;

import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.logging.ServerLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
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
        CompletableFuture<Integer> end = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(signal, end), "shutdown"));
        InternalErrors errors =
                new InternalErrors(() -> Runtime.getRuntime().halt(InternalErrors.EXIT_CODE));
        Thread.setDefaultUncaughtExceptionHandler(errors);
        int code = 1;
        try (ServerLog _ = ServerLog.start(options.logging());
                Server server = new Server(options, errors)) {
            if (server.start()) {
                signal.await();
                code = 0;
            } else {
                System.err.println(
                        "a model cannot be served, and --exit-on-error is true: stopping");
            }
        } catch (IOException failure) {
            System.err.println("the server cannot start: " + failure.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            end.complete(code);
        }
        return code;
    }

    /// A signal has come (or the server has ended by itself): the JVM waits until everything is closed. A
    /// server that has been asked to end has not failed, but the JVM's own code would be that of the signal.
    private static void shutDown(CountDownLatch signal, CompletableFuture<Integer> end) {
        signal.countDown();
        Runtime.getRuntime().halt(end.join());
    }
}
