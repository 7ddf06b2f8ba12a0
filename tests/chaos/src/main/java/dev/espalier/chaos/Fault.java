package dev.espalier.chaos;

import java.util.Locale;
import java.util.regex.Pattern;

/// One kind of fault, and how its worker may die of it. Each has a library of its own for each engine, made of a source
/// in `tests/ops/faults`, whose op does it when an element is its number.
enum Fault {
    NULL_DEREFERENCE(
            -1,
            Ending.DEATH,
            "was ended by SIGSEGV at address 0x0 in lib(tf_)?fault_null_dereference"),
    ABORT(-2, Ending.DEATH, "was ended by SIGABRT"),
    EXIT(-3, Ending.DEATH, "exited with 3"),
    EXCEPTION(-4, Ending.ERROR, "unknown exception in Run|was ended by SIGABRT"),
    ENDLESS_LOOP(-5, Ending.DEATH, "gave no answer within 1000 ms"),
    ALLOCATION(-6, Ending.DEATH, "went over its memory limit|gave no answer within 1000 ms"),
    THREAD_LEAK(
            -7, Ending.DEATH, "went over its limit of \\d+ threads|gave no answer within 1000 ms"),
    EXIT_HANDLER(-8, Ending.DEATH, "gave no answer within 1000 ms"),
    CLOSED_DESCRIPTORS(-9, Ending.LATE_DEATH, "closed its connection|was ended by SIGSEGV"),
    TRUNCATION(-10, Ending.SPOILT, "was ended by SIG(SEGV|BUS)"),
    SIGNAL_HANDLERS(-11, Ending.SPOILT, "was ended by|gave no"),
    SURROUNDINGS(-12, Ending.NOTHING, "nothing"),
    UNCAUGHT_EXCEPTION(-13, Ending.DEATH, "was ended by SIGABRT");

    /// What becomes of the request that asks for it, and of its worker.
    enum Ending {
        /// The worker dies, and the request is told how.
        DEATH,
        /// It may be answered before the worker dies.
        LATE_DEATH,
        /// It may be answered, and from then on the worker may die at any time.
        SPOILT,
        /// The engine makes an error of it, and the worker lives.
        ERROR,
        /// It is answered, and nothing else happens.
        NOTHING;

        /// Whether the worker may fail from then on.
        boolean harms() {
            return this == DEATH || this == LATE_DEATH || this == SPOILT;
        }

        /// Whether the worker must be replaced.
        boolean ends() {
            return this == DEATH || this == LATE_DEATH;
        }
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

    Ending ending(Engine engine) {
        // TensorFlow catches no exceptions.
        return this == EXCEPTION && engine == Engine.TENSORFLOW ? Ending.DEATH : ending;
    }

    /// Whether these are the words for what it does.
    boolean isNamedIn(String text) {
        return words.matcher(text).find();
    }

    /// Its library's file name.
    String library(Engine engine) {
        return engine.library("fault_" + name().toLowerCase(Locale.ROOT));
    }

    /// What people call it.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
