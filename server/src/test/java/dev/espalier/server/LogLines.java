package dev.espalier.server;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What one class says in the log meanwhile, which goes nowhere else. Safe for use by several threads.
public final class LogLines extends Handler implements AutoCloseable {
    private final Logger log;
    private final List<String> lines = new ArrayList<>();

    private LogLines(Logger log) {
        this.log = log;
        log.addHandler(this);
        log.setUseParentHandlers(false);
    }

    /// Listens to the logger of a class.
    public static LogLines of(Class<?> speaker) {
        return new LogLines(Logger.getLogger(speaker.getName()));
    }

    /// The lines so far.
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public synchronized void publish(LogRecord line) {
        lines.add(MessageFormat.format(line.getMessage(), line.getParameters()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        log.removeHandler(this);
        log.setUseParentHandlers(true);
    }
}
