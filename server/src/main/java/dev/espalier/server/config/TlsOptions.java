package dev.espalier.server.config;

/// Certificate and key of a protocol, as paths of PEM files.
///
/// @param clientRoot certificates that clients must be signed by; empty where clients need none
public record TlsOptions(boolean enabled, String certificate, String key, String clientRoot) {
    /// Plain text.
    public static final TlsOptions NONE = new TlsOptions(false, "", "", "");
}
