package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;

/// TensorRT's `ILogger`: keeps what it says of errors for the thread on which it says it, so that whoever
/// made the call can tell; prints warnings.
@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // those that TensorRT calls
final class Logger {
    private static final int WARNING = 2;
    private static final int KEPT = 8;

    private final ThreadLocal<List<String>> errors = ThreadLocal.withInitial(ArrayList::new);
    private final long address;

    /// An object of a major version: in 10 it has `log` and two destructors; in 11 it is one of those that
    /// tell their kind first.
    Logger(Major major) {
        Upcalls calls = new Upcalls(this, MethodHandles.lookup(), Arena.global());
        long log = calls.stub("log", null, JAVA_LONG, JAVA_INT, JAVA_LONG);
        long end = calls.stub("end", null, JAVA_LONG);
        address =
                major == Major.TEN
                        ? calls.object(log, end, end)
                        : calls.object(
                                calls.stub("language", JAVA_INT, JAVA_LONG),
                                calls.info("ILogger"),
                                end,
                                end,
                                log);
    }

    long address() {
        return address;
    }

    /// What was said of errors on this thread since the last time; empty for nothing.
    String take() {
        List<String> said = errors.get();
        String text = String.join("; ", said);
        said.clear();
        return text;
    }

    /// Drops what was said on this thread so far.
    void forget() {
        errors.get().clear();
    }

    // --- what TensorRT calls; nothing may be thrown into it

    private void log(long self, int severity, long message) {
        if (severity > WARNING) {
            return;
        }
        String text = NativeCall.text(message).strip();
        if (severity == WARNING) {
            System.err.println("TensorRT: " + text);
            return;
        }
        List<String> said = errors.get();
        if (said.size() < KEPT) {
            said.add(text);
        }
    }

    private int language(long self) {
        return 0;
    }

    private void end(long self) {}
}
