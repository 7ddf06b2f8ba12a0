package dev.espalier.engines.tensorflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a tensor of a signature is in the graph.
///
/// @param dimensions what the signature says of its shape, -1 where it varies; null where it says nothing
record TensorPlace(TensorName tensor, @Nullable List<Long> dimensions) {}
