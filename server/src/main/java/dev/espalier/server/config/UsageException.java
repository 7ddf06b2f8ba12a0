package dev.espalier.server.config;

/// A command line that cannot be followed; its message is what the user reads.
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message, null, false, false);
    }

    static UsageException bad(String name, String value, String expected) {
        return new UsageException("--" + name + ": '" + value + "' (expected: " + expected + ")");
    }
}
