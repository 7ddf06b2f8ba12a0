package dev.espalier.server.tracing;

import java.io.IOException;

/// Where traces go. Used by one thread.
interface TraceExporter {
    /// Takes a trace, and keeps it or writes it.
    ///
    /// @return how many traces have been written by this
    /// @throws Loss where some cannot be written; the next ones may
    int export(RequestTrace trace) throws Loss;

    /// Nothing follows for the moment: writes what is due.
    ///
    /// @return how many traces have been written by this
    /// @throws Loss as for [#export]
    default int flush() throws Loss {
        return 0;
    }

    /// Writes what has been kept.
    ///
    /// @return how many traces have been written by this
    /// @throws Loss as for [#export]
    int close() throws Loss;

    /// Traces have been lost.
    final class Loss extends Exception {
        private static final long serialVersionUID = 1;

        private final int traces;

        Loss(int traces, IOException cause) {
            super(cause.getMessage(), cause);
            this.traces = traces;
        }

        int traces() {
            return traces;
        }
    }
}
