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

    int failed() {
        return failed;
    }

    /// The last line.
    void end() {
        say("%d passed, %d failed".formatted(passed, failed));
    }
}
