package dev.espalier.server.workers;

/// How the kernel says that a process ended.
sealed interface ProcessEnd {
    /// By itself, with an exit code.
    record Exited(int code) implements ProcessEnd {}

    /// By a signal.
    record Signalled(int number) implements ProcessEnd {}

    int SIGNAL_BASE = 128;

    /// What Java reports: the exit code, or 128 and the signal's number, which looks the same as an exit
    /// with that code.
    static ProcessEnd ofExitValue(int value) {
        return value > SIGNAL_BASE ? new Signalled(value - SIGNAL_BASE) : new Exited(value);
    }

    /// In words: what follows the process's name in a sentence.
    default String text() {
        return switch (this) {
            case Exited(int code) -> "exited with " + code;
            case Signalled(int number) -> "was ended by " + signalName(number);
        };
    }

    /// The name of a signal, as `kill -l` has it.
    static String signalName(int number) {
        return switch (number) {
            case 1 -> "SIGHUP";
            case 2 -> "SIGINT";
            case 3 -> "SIGQUIT";
            case 4 -> "SIGILL";
            case 5 -> "SIGTRAP";
            case 6 -> "SIGABRT";
            case 7 -> "SIGBUS";
            case 8 -> "SIGFPE";
            case 9 -> "SIGKILL";
            case 11 -> "SIGSEGV";
            case 13 -> "SIGPIPE";
            case 14 -> "SIGALRM";
            case 15 -> "SIGTERM";
            case 24 -> "SIGXCPU";
            case 25 -> "SIGXFSZ";
            case 31 -> "SIGSYS";
            default -> "signal " + number;
        };
    }
}
