package dev.espalier.server.config;

/// Who may use the server.
///
/// @param authTokenFile empty where everybody may
public record SecurityOptions(String authTokenFile) {}
