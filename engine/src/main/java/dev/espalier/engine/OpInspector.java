package dev.espalier.engine;

import dev.espalier.tensor.OpReport;
import java.nio.file.Path;

/// Looks into op libraries of an engine. The library's code runs, and may end the process: a look happens
/// in a process of its own.
public interface OpInspector {
    /// Opens the library and asks it for its ops.
    OpReport inspect(Path library, Progress progress);

    /// Who wants to know how far a look has come, in case it never ends.
    interface Progress {
        /// The library is open; now it is asked.
        void opened();

        /// It asks for a version of the engine's interface that the engine does not have, and is told so.
        void askedForNewer(int asked, int newest);
    }
}
