package dev.espalier.client;

/// Something the user must know in one line.
final class ClientException extends Exception {
    private static final long serialVersionUID = 1;

    ClientException(String message) {
        super(message, null, false, false);
    }

    /// The message, with its line breaks taken out.
    String line() {
        return String.valueOf(getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
