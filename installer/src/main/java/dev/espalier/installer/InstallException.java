package dev.espalier.installer;

/// Why an engine cannot be installed or removed, for the user.
final class InstallException extends Exception {
    private static final long serialVersionUID = 1;

    InstallException(String message) {
        super(message);
    }

    InstallException(String message, Throwable cause) {
        super(message, cause);
    }

    /// The message in one line.
    String line() {
        return String.valueOf(getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
