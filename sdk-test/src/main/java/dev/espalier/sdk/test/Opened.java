package dev.espalier.sdk.test;

import java.util.ArrayDeque;
import java.util.Deque;

/// What has been opened so far, to be closed the last first: at its end, or where the next cannot be opened.
///
/// Not safe for use by several threads.
final class Opened implements AutoCloseable {
    private final Deque<Runnable> closings = new ArrayDeque<>();

    void add(Runnable closing) {
        closings.push(closing);
    }

    @Override
    public void close() {
        while (!closings.isEmpty()) {
            closings.pop().run();
        }
    }
}
