package dev.espalier.chaos;

import java.io.IOException;
import java.util.List;

/// Something bad that happens to a server, and what must still hold.
interface Scenario {
    String name();

    /// The server's flags.
    List<String> flags();

    /// Runs it against a server that has just started.
    ///
    /// @throws IOException when it cannot be carried on; what does not hold goes to `report`
    void run(DistServer server, Report report) throws IOException;
}
