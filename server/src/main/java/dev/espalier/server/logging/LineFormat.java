package dev.espalier.server.logging;

import dev.espalier.server.config.LoggingOptions.Format;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/// A line of the log in Triton's style: level, time, process, origin, message.
///
/// @param process the process's id
public record LineFormat(Format format, long process) {
    String line(LogRecord record) {
        StringBuilder line = new StringBuilder(128);
        char level = letter(record.getLevel());
        switch (format) {
            case DEFAULT -> {
                line.append(level);
                appendLocal(line, record.getInstant());
            }
            case ISO8601 ->
                    line.append(record.getInstant().truncatedTo(ChronoUnit.SECONDS))
                            .append(' ')
                            .append(level);
        }
        line.append(' ').append(process).append(' ').append(origin(record)).append("] ");
        line.append(escaped(message(record)));
        line.append('\n');
        Throwable thrown = record.getThrown();
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            trace.toString().lines().forEach(each -> line.append(escaped(each)).append('\n'));
        }
        return line.toString();
    }

    private static char letter(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return 'E';
        }
        return level.intValue() >= Level.WARNING.intValue() ? 'W' : 'I';
    }

    private static void appendLocal(StringBuilder line, Instant instant) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, zone());
        appendPadded(line, time.getMonthValue(), 2);
        appendPadded(line, time.getDayOfMonth(), 2);
        line.append(' ');
        appendPadded(line, time.getHour(), 2);
        line.append(':');
        appendPadded(line, time.getMinute(), 2);
        line.append(':');
        appendPadded(line, time.getSecond(), 2);
        line.append('.');
        appendPadded(line, time.getNano() / 1000, 6);
    }

    private static ZoneId zone() {
        try {
            return ZoneId.systemDefault();
        } catch (RuntimeException e) {
            // A broken TZ variable must not silence the log.
            return ZoneOffset.UTC;
        }
    }

    private static void appendPadded(StringBuilder line, int number, int width) {
        String digits = Integer.toString(number);
        for (int i = digits.length(); i < width; i++) {
            line.append('0');
        }
        line.append(digits);
    }

    private static String origin(LogRecord record) {
        String name = record.getLoggerName();
        if (name == null || name.isEmpty()) {
            return "server";
        }
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String message(LogRecord record) {
        String message = String.valueOf(record.getMessage());
        @Nullable Object[] parameters = record.getParameters();
        if (parameters == null || parameters.length == 0) {
            return message;
        }
        try {
            return MessageFormat.format(message, parameters);
        } catch (IllegalArgumentException e) {
            return message;
        }
    }

    /// The text with what ends a line, moves a cursor or turns the direction written out: names and texts of clients
    /// and of op libraries end up in lines, which must stay one each and show what they say.
    public static String escaped(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\\n");
            } else if (c == '\r') {
                line.append("\\r");
            } else if (Character.isISOControl(c) && c != '\t'
                    || Character.getType(c) == Character.FORMAT) {
                line.append("\\u");
                String hex = Integer.toHexString(c);
                line.append("0000", hex.length(), 4).append(hex);
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }
}
