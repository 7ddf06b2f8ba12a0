package dev.espalier.engines.java;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// A model's log: lines of the worker's output, which the server takes into its own.
record ModelLog(String model) implements System.Logger {
    @Override
    public String getName() {
        return model;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level.compareTo(Level.INFO) >= 0 && level != Level.OFF;
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String message,
            @Nullable Throwable thrown) {
        if (!isLoggable(level)) {
            return;
        }
        StringWriter text = new StringWriter();
        text.append(translated(bundle, message));
        if (thrown != null) {
            text.append('\n');
            thrown.printStackTrace(new PrintWriter(text));
        }
        // One call: lines of several threads do not mix.
        System.err.println(
                text.toString()
                        .lines()
                        .map(line -> "model '%s': %s: %s".formatted(model, level.getName(), line))
                        .reduce((before, line) -> before + "\n" + line)
                        .orElse(""));
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... parameters) {
        if (isLoggable(level)) {
            String pattern = translated(bundle, format);
            log(
                    level,
                    (ResourceBundle) null,
                    parameters == null || parameters.length == 0
                            ? pattern
                            : MessageFormat.format(pattern, parameters),
                    (Throwable) null);
        }
    }

    private static String translated(@Nullable ResourceBundle bundle, @Nullable String message) {
        if (message == null) {
            return "null";
        }
        return bundle != null && bundle.containsKey(message) ? bundle.getString(message) : message;
    }
}
