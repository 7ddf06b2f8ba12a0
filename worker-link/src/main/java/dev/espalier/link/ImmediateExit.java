package dev.espalier.link;

/// The end of this process without any exit handler, Java's or C's. `Runtime.halt` runs those that a
/// native library has registered with `atexit`, and one of them may never return.
public final class ImmediateExit {
    /// The exit code of a worker whose connection to the server has been closed from within.
    public static final int DISCONNECTED = 76;

    private ImmediateExit() {}

    /// Ends the process now; does not return.
    public static void now(int code) {
        try {
            long _ = LinuxCalls.checked("exit", LinuxCalls.EXIT_GROUP, code);
        } catch (LinkException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
