package dev.espalier.chaos;

import java.util.Locale;
import java.util.regex.Pattern;

/// One kind of fault, and how its worker may die of it. Each has a library of its own in `tests/ops/faults`,
/// whose op does it when an element is its number.
enum Fault {
    NULL_DEREFERENCE(
            -1, Ending.DEATH, "was ended by SIGSEGV at address 0x0 in libfault_null_dereference"),
    ABORT(-2, Ending.DEATH, "was ended by SIGABRT"),
    EXIT(-3, Ending.DEATH, "exited with 3"),
    EXCEPTION(-4, Ending.ERROR, "exception"),
    ENDLESS_LOOP(-5, Ending.DEATH, "gave no answer within 1000 ms"),
    ALLOCATION(-6, Ending.DEATH, "went over its memory limit|gave no answer within 1000 ms"),
    THREAD_LEAK(
            -7, Ending.DEATH, "went over its limit of \\d+ threads|gave no answer within 1000 ms"),
    EXIT_HANDLER(-8, Ending.DEATH, "gave no answer within 1000 ms"),
    CLOSED_DESCRIPTORS(-9, Ending.ANY, "closed its connection"),
    TRUNCATION(-10, Ending.ANY, "was ended by SIG(SEGV|BUS)"),
    SIGNAL_HANDLERS(-11, Ending.ANY, "was ended by|gave no"),
    SURROUNDINGS(-12, Ending.NONE, "nothing"),
    UNCAUGHT_EXCEPTION(-13, Ending.DEATH, "was ended by SIGABRT");

    /// What becomes of the request that asks for it.
    enum Ending {
        /// The worker dies, and the request is told how.
        DEATH,
        /// The engine makes an error of it, and the worker lives.
        ERROR,
        /// It is answered; the worker may die later.
        ANY,
        /// It is answered, and nothing else happens.
        NONE
    }

    private final int number;
    private final Ending ending;
    private final Pattern words;

    Fault(int number, Ending ending, String words) {
        this.number = number;
        this.ending = ending;
        this.words = Pattern.compile(words);
    }

    /// The element that asks for it.
    float number() {
        return number;
    }

    Ending ending() {
        return ending;
    }

    /// Whether these are the words for what it does.
    boolean isNamedIn(String text) {
        return words.matcher(text).find();
    }

    /// Its library's file name.
    String library() {
        return "libfault_" + name().toLowerCase(Locale.ROOT) + ".so";
    }

    /// What people call it.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
