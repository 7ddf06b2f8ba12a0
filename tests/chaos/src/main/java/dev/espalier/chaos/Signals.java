package dev.espalier.chaos;

import java.io.IOException;

/// Signals to processes that are not our children.
final class Signals {
    private Signals() {}

    /// Sends a signal, by its name without SIG.
    ///
    /// @return whether there was such a process
    static boolean send(String signal, long pid) throws IOException {
        return Commands.run("kill", "-" + signal, Long.toString(pid)) == 0;
    }
}
