package dev.espalier.engines.java;

import java.util.Arrays;
import java.util.Map;

/// Says which model has ended the process: by a call of `System.exit`, or by a thread of its own that ended in an
/// exception. The process ends all the same.
final class Endings {
    private Endings() {}

    static void report() {
        Runtime.getRuntime().addShutdownHook(new Thread(Endings::tellWhoExits, "endings"));
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (thread.getContextClassLoader() instanceof ModelClassLoader loader) {
                System.err.println(
                        "model '%s': its thread '%s' ended: %s"
                                .formatted(loader.model(), thread.getName(), Thrown.text(failure)));
            }
            if (before != null) {
                before.uncaughtException(thread, failure);
            }
        });
    }

    /// The thread that exits waits for this one.
    private static void tellWhoExits() {
        for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
            boolean exits =
                    Arrays.stream(each.getValue())
                            .anyMatch(frame ->
                                    frame.getClassName().equals("java.lang.Runtime")
                                            && frame.getMethodName().equals("exit"));
            if (exits && each.getKey().getContextClassLoader() instanceof ModelClassLoader loader) {
                System.err.println(
                        "model '%s' called System.exit on thread '%s'"
                                .formatted(loader.model(), each.getKey().getName()));
            }
        }
    }
}
