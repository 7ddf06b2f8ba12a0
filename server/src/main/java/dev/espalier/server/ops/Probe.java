package dev.espalier.server.ops;

/// Opens op libraries, each in a process of its own, and tells what came of it.
public interface Probe {
    /// The engine that libraries are tried with, such as `onnxruntime-1.29.0`.
    String engine();

    /// Opens a library, which may take as long as its initialisers take, up to a limit.
    ProbeOutcome look(OpLibrary library) throws InterruptedException;
}
