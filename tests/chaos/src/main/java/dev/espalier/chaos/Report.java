package dev.espalier.chaos;

import java.io.PrintStream;

/// What is printed while scenarios run, and the count of what held and what did not.
final class Report {
    private final PrintStream out;
    private int passed;
    private int failed;

    Report(PrintStream out) {
        this.out = out;
    }

    void say(String line) {
        out.println(line);
    }

    /// Something holds or does not; only the latter is worth a line.
    synchronized void check(String sentence, boolean holds) {
        if (holds) {
            passed++;
        } else {
            failed++;
            say("FAILED: " + sentence);
        }
    }

    synchronized int failed() {
        return failed;
    }

    /// Whether something was looked at, and all of it holds.
    synchronized boolean isGood() {
        return failed == 0 && passed > 0;
    }

    /// The last line.
    synchronized void end() {
        say("%d passed, %d failed".formatted(passed, failed));
    }
}
