package dev.espalier.server.workers;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Cuts a stream of bytes into lines of a bounded length.
final class LineCutter {
    private final byte[] line;
    private final Consumer<String> lines;
    private int length;

    LineCutter(int longest, Consumer<String> lines) {
        this.line = new byte[longest];
        this.lines = lines;
    }

    void take(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                give();
            } else {
                if (length == line.length) {
                    give();
                }
                line[length++] = bytes[i];
            }
        }
    }

    /// The stream has ended; what lacks an end of line is a line too.
    void end() {
        if (length > 0) {
            give();
        }
    }

    private void give() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        lines.accept(new String(line, 0, end, StandardCharsets.UTF_8));
        length = 0;
    }
}
