package dev.espalier.server.repository;

/// The state of a model version, in Triton's words.
public enum ModelState {
    LOADING,
    READY,
    UNLOADING,
    UNAVAILABLE
}
