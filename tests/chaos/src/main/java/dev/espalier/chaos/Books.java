package dev.espalier.chaos;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The client's ledger beside the server's statistics, at the end of a run.
record Books(Ledger ledger, Windows windows, HttpProtocol server) {
    private static final int LAST_ANSWER_SECONDS = 60;

    /// Waits for the last answers and compares, model by model.
    void settle(Report report) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_ANSWER_SECONDS);
        while (ledger.openRequests() > 0 && System.nanoTime() - deadline < 0) {
            Pause.millis(20);
        }
        report.check(
                "every request is answered (%d are not)".formatted(ledger.openRequests()),
                ledger.openRequests() == 0);
        Map<Model, Statistics> statistics = Statistics.of(server);
        for (Model model : Model.values()) {
            Ledger.Sums sums = ledger.sums(model);
            Statistics counted = statistics.get(model);
            report.say(
                    "%-16s %7d sent, %7d right, %4d spoilt, %5d refused; the server: %s"
                            .formatted(
                                    model.label(),
                                    sums.sent(),
                                    sums.right(),
                                    sums.spoilt(),
                                    sums.refused(),
                                    counted));
            report.check(
                    "the server counts what the client counts for " + model.label(),
                    counted != null
                            && counted.right() == sums.answered()
                            && counted.refused() == sums.refused());
            report.check(
                    "no request to %s fails, unless it may".formatted(model.label()),
                    windows.now(model.opSet()).opened() > 0 || sums.refused() + sums.spoilt() == 0);
        }
        ledger.wrong().forEach(report::say);
        report.check(
                "no answer is wrong (%d are)".formatted(ledger.wrongAnswers()),
                ledger.wrongAnswers() == 0);
    }
}
