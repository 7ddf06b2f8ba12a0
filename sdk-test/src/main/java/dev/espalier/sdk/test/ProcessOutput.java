package dev.espalier.sdk.test;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// What a process prints: its lines are the test's, too; the last are kept for the news of its end.
final class ProcessOutput {
    private static final int KEPT = 5;

    private final Thread thread;

    @GuardedBy("this")
    private final Deque<String> last = new ArrayDeque<>();

    private ProcessOutput(BufferedReader lines) {
        thread =
                Thread.ofPlatform()
                        .name("output of a worker")
                        .daemon()
                        .unstarted(() -> pass(lines));
    }

    static ProcessOutput of(Process process) {
        ProcessOutput output = new ProcessOutput(process.inputReader());
        output.thread.start();
        return output;
    }

    private void pass(BufferedReader lines) {
        try {
            lines.lines().forEach(this::pass);
        } catch (UncheckedIOException _) {
            // The process has been ended, and with it this.
        }
    }

    private synchronized void pass(String line) {
        System.out.println(line);
        last.add(line);
        if (last.size() > KEPT) {
            last.removeFirst();
        }
    }

    /// The last lines. Waits until there are no more to come.
    String last() throws InterruptedException {
        thread.join();
        synchronized (this) {
            return String.join("\n", last);
        }
    }
}
