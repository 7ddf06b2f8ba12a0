package dev.espalier.server.config;

/// How models come and go while the server runs.
public enum ControlMode {
    /// All of them are loaded at the start, and stay.
    NONE,
    /// The server looks at the repositories from time to time, and follows their changes.
    POLL,
    /// Requests load and unload them.
    EXPLICIT
}
