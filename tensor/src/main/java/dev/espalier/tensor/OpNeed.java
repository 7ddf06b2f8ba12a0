package dev.espalier.tensor;

/// An op that a model uses.
///
/// @param version the version of the op's domain that the model imports; 1 where the format has none
public record OpNeed(OpName op, int version) {
    @Override
    public String toString() {
        return op.domain().isEmpty() ? op.name() : op + " (version " + version + ")";
    }
}
