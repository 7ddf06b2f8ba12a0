package dev.espalier.server.logging;

import dev.espalier.server.config.LoggingOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// Writes each record at once, as one piece, so that lines of several threads do not mix.
final class LineHandler extends Handler {
    /// What is written, and how.
    private record Rules(boolean info, boolean warning, boolean error, LineFormat format) {
        boolean allow(Level level) {
            int value = level.intValue();
            if (value >= Level.SEVERE.intValue()) {
                return error;
            }
            return value >= Level.WARNING.intValue() ? warning : info;
        }
    }

    private final OutputStream out;
    private volatile Rules rules;

    LineHandler(OutputStream out, LineFormat format) {
        this.out = out;
        rules = new Rules(true, true, true, format);
    }

    void change(LoggingOptions options, LineFormat format) {
        rules = new Rules(options.info(), options.warning(), options.error(), format);
    }

    @Override
    public void publish(LogRecord record) {
        Rules now = rules;
        if (!now.allow(record.getLevel())) {
            return;
        }
        byte[] line = now.format().line(record).getBytes(StandardCharsets.UTF_8);
        try {
            // One write call; the stream has no buffer.
            out.write(line);
        } catch (IOException e) {
            reportError("the log cannot be written", e, ErrorManager.WRITE_FAILURE);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        try {
            out.flush();
        } catch (IOException e) {
            reportError("the log cannot be closed", e, ErrorManager.CLOSE_FAILURE);
        }
    }
}
