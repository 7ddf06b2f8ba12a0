package dev.espalier.server.config;

/// Who may use the server.
///
/// @param authTokenFile empty where everybody may
/// @param clientSharedMemory whether clients may name regions of this machine's shared memory
public record SecurityOptions(String authTokenFile, boolean clientSharedMemory) {}
