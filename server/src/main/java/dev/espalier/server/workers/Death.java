package dev.espalier.server.workers;

/// How a process ended, in words.
final class Death {
    private static final int SIGNAL_BASE = 128;

    private Death() {}

    /// @param exitValue what Java reports: 128 and the signal's number for a signal
    static String text(int exitValue) {
        if (exitValue <= SIGNAL_BASE) {
            return "exited with " + exitValue;
        }
        int signal = exitValue - SIGNAL_BASE;
        String name =
                switch (signal) {
                    case 4 -> "SIGILL";
                    case 6 -> "SIGABRT";
                    case 7 -> "SIGBUS";
                    case 8 -> "SIGFPE";
                    case 9 -> "SIGKILL";
                    case 11 -> "SIGSEGV";
                    case 15 -> "SIGTERM";
                    default -> "signal " + signal;
                };
        return "was ended by " + name;
    }
}
