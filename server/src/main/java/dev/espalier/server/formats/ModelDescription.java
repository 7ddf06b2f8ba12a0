package dev.espalier.server.formats;

import dev.espalier.tensor.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the server wants to know of a model's file, whatever its format.
public interface ModelDescription {
    /// What a run must be given; empty where the format does not tell.
    List<Tensor> inputs();

    /// What a run gives; empty where the format does not tell.
    List<Tensor> outputs();

    /// The ops that the model uses.
    OpNeeds needs();

    /// An input or output.
    ///
    /// @param elementType its type in the format's words
    /// @param type ours, or null where the protocol has none
    /// @param dimensions -1 where it varies; null where the file does not say how many there are
    record Tensor(
            String name,
            String elementType,
            @Nullable DataType type,
            @Nullable List<Long> dimensions) {}
}
