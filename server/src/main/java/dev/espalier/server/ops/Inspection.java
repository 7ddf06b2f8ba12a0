package dev.espalier.server.ops;

import dev.espalier.tensor.OpSignature;
import java.util.List;

/// What a look into an op library has shown.
public sealed interface Inspection permits Inspection.Provides, Fault {
    /// The library can be loaded, and provides these ops.
    record Provides(List<OpSignature> ops) implements Inspection {
        public Provides {
            ops = List.copyOf(ops);
        }
    }
}
