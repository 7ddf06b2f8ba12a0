package dev.espalier.server.ops;

/// A library does not fit the engine that is to load it, for it was built in a wrong way.
///
/// @param text as in [Fault#text]
/// @param otherVersion whether it was built for another version of the engine
public record BuildFault(String text, boolean otherVersion) implements Fault {
    /// Another version may be installed.
    @Override
    public boolean lasting() {
        return false;
    }
}
