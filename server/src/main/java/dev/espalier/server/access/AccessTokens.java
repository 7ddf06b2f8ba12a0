package dev.espalier.server.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bearer tokens that the server accepts, on every protocol. Safe for use by several threads.
///
/// The file has one token a line, then its scope: `s3cret infer`. Empty lines and lines that begin
/// with `#` are skipped.
public final class AccessTokens {
    private static final String SCHEME = "Bearer ";

    private final boolean open;
    private final List<Token> tokens;

    private record Token(byte[] text, Scope scope) {}

    private AccessTokens(boolean open, List<Token> tokens) {
        this.open = open;
        this.tokens = List.copyOf(tokens);
    }

    /// No tokens are asked for: everybody may do everything.
    public static AccessTokens notRequired() {
        return new AccessTokens(true, List.of());
    }

    /// @throws IOException when the file cannot be read, a line has no known scope, or no token is there
    public static AccessTokens read(Path file) throws IOException {
        List<Token> tokens = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                tokens.add(token(line, "%s, line %d".formatted(file, i + 1)));
            }
        }
        if (tokens.isEmpty()) {
            throw new IOException(
                    "%s: no token (expected: lines of a token and 'infer' or 'admin')"
                            .formatted(file));
        }
        return new AccessTokens(false, tokens);
    }

    private static Token token(String line, String place) throws IOException {
        int blank = line.length();
        while (blank > 0 && !Character.isWhitespace(line.charAt(blank - 1))) {
            blank--;
        }
        String scope = line.substring(blank);
        String token = line.substring(0, blank).strip();
        boolean admin = scope.equals("admin");
        // The token itself stays out of the message.
        if (token.isEmpty() || !admin && !scope.equals("infer")) {
            throw new IOException(
                    "%s: expected a token, a blank and its scope, 'infer' or 'admin'"
                            .formatted(place));
        }
        return new Token(token.getBytes(StandardCharsets.UTF_8), admin ? Scope.ADMIN : Scope.INFER);
    }

    /// Whether a caller with this `Authorization` header may do what needs `scope`.
    public Access check(@Nullable String authorization, Scope scope) {
        if (open) {
            return Access.GRANTED;
        }
        if (authorization == null
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Access.UNAUTHENTICATED;
        }
        byte[] given =
                authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
        Access access = Access.UNAUTHENTICATED;
        // All of them are compared, so that the time does not tell which one came close.
        for (Token token : tokens) {
            if (MessageDigest.isEqual(token.text(), given)) {
                access = token.scope().compareTo(scope) >= 0 ? Access.GRANTED : Access.FORBIDDEN;
            }
        }
        return access;
    }
}
