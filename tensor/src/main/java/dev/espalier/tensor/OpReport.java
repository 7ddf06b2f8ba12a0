package dev.espalier.tensor;

import java.util.List;

/// What an op library shows of itself when it is opened and asked for its ops.
public sealed interface OpReport {
    /// It provides these ops.
    record Provides(List<OpSignature> ops) implements OpReport {
        public Provides {
            ops = List.copyOf(ops);
        }
    }

    /// The loader does not open it, in the loader's words.
    record NotOpened(String reason) implements OpReport {}

    /// It does not want to be used, in its own words.
    record Refused(String reason) implements OpReport {}

    /// It wants an interface that the engine does not have.
    ///
    /// @param asked the version of the interface that it asks for
    /// @param newest the newest version that the engine has
    record NewerApi(int asked, int newest) implements OpReport {}
}
