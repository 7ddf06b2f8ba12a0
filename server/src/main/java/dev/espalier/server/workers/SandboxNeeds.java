package dev.espalier.server.workers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What confinement must leave open to the workers of an engine besides what it leaves open to all.
///
/// @param readable files and folders that they may read
/// @param writable files and folders that they may write to, devices among them
/// @param memoryFiles whether they may make files that are nothing but memory, and sockets of their own to
///     hand them from one thread to another
public record SandboxNeeds(List<Path> readable, List<Path> writable, boolean memoryFiles) {
    /// Of an engine that needs no more than others.
    public static final SandboxNeeds NONE = new SandboxNeeds(List.of(), List.of(), false);

    public SandboxNeeds {
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }

    /// The same on this machine: nothing where it has not all that would be written to, as one without the device.
    SandboxNeeds here() {
        return writable.stream().allMatch(Files::exists) ? this : NONE;
    }
}
