package dev.espalier.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The book of all requests: each is entered when it is sent and struck out when it is answered, once. An answer is
/// right, or an error that says how the worker of the model died, at a time at which that worker may die; everything
/// else is written down as wrong. An op that destroys its own worker's memory can spoil the results that lie in it, which
/// is written down too. Any thread may use it.
final class Ledger {
    private static final int MOST_TOLD = 20;

    /// What the server says of a result that somebody has destroyed and that it has noticed.
    private static final String SPOILT = "gave a result that cannot be read";

    /// What it says of requests for which it cannot start a worker.
    private static final String NOT_STARTED = "times in a row";

    private final Windows windows;
    private final Map<Long, Entry> open = new HashMap<>();
    private final Map<Model, Account> accounts = new EnumMap<>(Model.class);
    private final List<String> wrong = new ArrayList<>();
    private int wrongCount;

    private record Entry(Ask ask, Windows.Moment sent) {}

    /// What has come of the requests to one model.
    private static final class Account {
        private long sent;
        private long right;
        private long spoilt;
        private long refused;
    }

    /// The sums of one model's account.
    record Sums(long sent, long right, long spoilt, long refused) {
        /// What the server takes for answered.
        long answered() {
            return right + spoilt;
        }
    }

    /// What an answer is worth.
    enum Verdict {
        RIGHT,
        REFUSED,
        WRONG
    }

    Ledger(Windows windows) {
        this.windows = windows;
    }

    /// A request is about to be sent.
    synchronized void sent(Ask ask) {
        open.put(ask.number(), new Entry(ask, windows.now(ask.model().opSet())));
        account(ask).sent++;
    }

    /// An answer has come.
    synchronized Verdict answered(Ask ask, Answer answer) {
        Entry entry = open.remove(ask.number());
        if (entry == null) {
            return wrong(ask, "was answered twice, at last with " + answer);
        }
        return switch (answer) {
            case Answer.Values(String id, float[] values) -> {
                if (!id.equals(Long.toString(ask.number()))) {
                    yield wrong(ask, "was given the answer of request " + id);
                }
                float[] expected = ask.model().answer(ask.elements());
                if (!Arrays.equals(values, expected)) {
                    if (maySpoil(entry)) {
                        account(ask).spoilt++;
                        yield Verdict.REFUSED;
                    }
                    yield wrong(ask, difference(values, expected));
                }
                account(ask).right++;
                yield Verdict.RIGHT;
            }
            case Answer.Refused(boolean unavailable, String text) -> {
                account(ask).refused++;
                if (text.contains(SPOILT) && maySpoil(entry)) {
                    yield Verdict.REFUSED;
                }
                if (!unavailable && isEngineError(ask.model(), text)) {
                    yield ask.fault() == Fault.EXCEPTION || ask.model().isBatched()
                            ? Verdict.REFUSED
                            : wrong(ask, "failed over another one's exception: " + text);
                }
                if (!windows.touched(ask.model().opSet(), entry.sent())) {
                    yield wrong(ask, "failed at a time at which nothing was wrong: " + text);
                }
                if (!unavailable || !namesDeath(ask.model(), text)) {
                    yield wrong(ask, "failed without the worker's death: " + text);
                }
                yield Verdict.REFUSED;
            }
            case Answer.Broken(String text) -> wrong(ask, "has no answer: " + text);
        };
    }

    /// Whether an op may have destroyed the result in its own worker's memory.
    private boolean maySpoil(Entry entry) {
        Model.OpSet opSet = entry.ask().model().opSet();
        return opSet.faults().contains(Fault.TRUNCATION) && windows.touched(opSet, entry.sent());
    }

    private static boolean namesDeath(Model model, String text) {
        return text.contains("was ended by SIGKILL")
                || text.contains("gave no heartbeat")
                || text.contains(NOT_STARTED)
                || model.opSet().faults().stream().anyMatch(fault -> fault.isNamedIn(text));
    }

    /// What the engine makes of an exception fails all requests of a batch, as on Triton.
    private static boolean isEngineError(Model model, String text) {
        return model.opSet().faults().contains(Fault.EXCEPTION) && Fault.EXCEPTION.isNamedIn(text);
    }

    private static String difference(float[] values, float[] expected) {
        int at = Arrays.mismatch(values, expected);
        return at < Math.min(values.length, expected.length)
                ? "got %s instead of %s at %d of %d"
                        .formatted(values[at], expected[at], at, expected.length)
                : "got %d elements instead of %d".formatted(values.length, expected.length);
    }

    private Account account(Ask ask) {
        return accounts.computeIfAbsent(ask.model(), _ -> new Account());
    }

    private Verdict wrong(Ask ask, String what) {
        wrongCount++;
        if (wrong.size() < MOST_TOLD) {
            wrong.add(
                    "request %d (%d elements, fault %s) to %s %s"
                            .formatted(
                                    ask.number(),
                                    ask.length(),
                                    ask.fault(),
                                    ask.model().label(),
                                    what));
        }
        return Verdict.WRONG;
    }

    /// How many requests have no answer yet.
    synchronized int openRequests() {
        return open.size();
    }

    /// How many answers were wrong.
    synchronized int wrongAnswers() {
        return wrongCount;
    }

    /// The first wrong answers, in words.
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    synchronized Sums sums(Model model) {
        Account account = accounts.computeIfAbsent(model, _ -> new Account());
        return new Sums(account.sent, account.right, account.spoilt, account.refused);
    }
}
