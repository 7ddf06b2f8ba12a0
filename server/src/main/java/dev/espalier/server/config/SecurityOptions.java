package dev.espalier.server.config;

/// Who may use the server.
///
/// @param authTokenFile empty where everybody may
/// @param clientSharedMemory whether clients may name regions of this machine's shared memory
/// @param http what else it takes to ask over HTTP
/// @param grpc what else it takes to ask over gRPC
public record SecurityOptions(
        String authTokenFile,
        boolean clientSharedMemory,
        ApiRestrictions http,
        ApiRestrictions grpc) {}
