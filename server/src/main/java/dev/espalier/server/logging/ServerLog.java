package dev.espalier.server.logging;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.config.LoggingOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// The process's log. All code logs through `System.Logger`; the JDK hands it, and what the network
/// libraries say, to `java.util.logging`, where this puts the only handler.
public final class ServerLog implements LogSettings, AutoCloseable {
    private static final List<String> LIBRARIES = List.of("io.netty", "io.grpc", "java", "sun");
    private static final int LIBRARY_DETAIL = 3;

    /// What these warn of is what clients do: each broken call would be a stack of seventy lines, and so would each
    /// connection that the server cannot keep, of which it tells itself.
    private static final List<String> PROTOCOLS =
            List.of(
                    "io.grpc.netty",
                    "io.netty.handler.codec.http2",
                    "io.netty.bootstrap.ServerBootstrap");

    private final LineHandler handler;
    // The JDK holds loggers weakly; without this their levels would be forgotten.
    private final List<Logger> held;

    @GuardedBy("this")
    private LoggingOptions options;

    private ServerLog(LineHandler handler, List<Logger> held, LoggingOptions options) {
        this.handler = handler;
        this.held = held;
        this.options = options;
    }

    /// Starts the log of this process. To be called before anything logs.
    ///
    /// @throws IOException where the log file cannot be written; the message names it
    public static ServerLog start(LoggingOptions options) throws IOException {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        List<Logger> libraries =
                Stream.concat(LIBRARIES.stream(), PROTOCOLS.stream())
                        .map(Logger::getLogger)
                        .toList();
        LineHandler handler =
                new LineHandler(open(options.file()), new LineFormat(options.format(), ownId()));
        root.addHandler(handler);
        ServerLog log = new ServerLog(handler, libraries, options);
        log.apply(options);
        return log;
    }

    @Override
    public synchronized LoggingOptions options() {
        return options;
    }

    @Override
    public synchronized LoggingOptions change(UnaryOperator<LoggingOptions> change) {
        options = change.apply(options);
        apply(options);
        return options;
    }

    private void apply(LoggingOptions options) {
        Logger.getLogger("").setLevel(detail(options.verbose()));
        for (Logger library : held) {
            Level quiet = PROTOCOLS.contains(library.getName()) ? Level.OFF : Level.WARNING;
            library.setLevel(options.verbose() >= LIBRARY_DETAIL ? Level.FINEST : quiet);
        }
        handler.change(options, new LineFormat(options.format(), ownId()));
    }

    /// Ends the log.
    @Override
    public void close() {
        for (Handler each : Logger.getLogger("").getHandlers()) {
            if (each == handler) {
                Logger.getLogger("").removeHandler(each);
            }
        }
        handler.close();
    }

    private static Level detail(int verbose) {
        return switch (verbose) {
            case 0 -> Level.INFO;
            case 1 -> Level.FINE;
            case 2 -> Level.FINER;
            default -> Level.FINEST;
        };
    }

    private static OutputStream open(String file) throws IOException {
        if (file.isEmpty()) {
            return new FileOutputStream(FileDescriptor.err);
        }
        try {
            return new FileOutputStream(file, true);
        } catch (IOException e) {
            throw new IOException(
                    "--log-file: '" + file + "' cannot be written: " + e.getMessage(), e);
        }
    }

    private static long ownId() {
        try {
            return Long.parseLong(Path.of("/proc/self").toRealPath().getFileName().toString());
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }
}
