package dev.espalier.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The book of all requests: each is entered when it is sent and struck out when it is answered, once. An answer is
/// right, or an error that says how the worker of the model died, at a time at which that worker may die; everything
/// else is written down as wrong. Any thread may use it.
final class Ledger {
    private static final int MOST_TOLD = 20;

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
        private long refused;
    }

    /// The sums of one model's account.
    record Sums(long sent, long right, long refused) {}

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
                    yield wrong(ask, difference(values, expected));
                }
                account(ask).right++;
                yield Verdict.RIGHT;
            }
            case Answer.Refused(boolean unavailable, String text) -> {
                account(ask).refused++;
                if (ask.fault() != null && ask.fault().ending() == Fault.Ending.ERROR) {
                    yield ask.fault().isNamedIn(text)
                            ? Verdict.REFUSED
                            : wrong(ask, "failed otherwise than it should: " + text);
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

    private static boolean namesDeath(Model model, String text) {
        return text.contains("SIGKILL")
                || model.opSet().faults().stream().anyMatch(fault -> fault.isNamedIn(text));
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
        return new Sums(account.sent, account.right, account.refused);
    }
}
