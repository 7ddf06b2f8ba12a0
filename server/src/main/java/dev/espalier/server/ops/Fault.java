package dev.espalier.server.ops;

/// Why an op library cannot be used, in words that say what to do.
public sealed interface Fault extends Inspection
        permits FileFault, ProbeFault, BuildFault, TrustFault {
    /// What goes on where "op library libx.so" was said: what is wrong, which values, what to do.
    String text();

    /// Whether this is a property of the library and the engine alone, so that nobody need look again. Else
    /// it may be due to the machine: what is installed, what memory is left.
    boolean lasting();
}
