package dev.espalier.engines.tensorflow;

/// The name of a tensor in a graph: `dense/BiasAdd:0` is the first output of the node `dense/BiasAdd`.
///
/// @param node the node's name
/// @param index which of its outputs
record TensorName(String node, int index) {
    /// Reads a name; without a number it is the first output's.
    static TensorName of(String text) {
        int colon = text.lastIndexOf(':');
        if (colon > 0 && text.substring(colon + 1).matches("\\d{1,9}")) {
            return new TensorName(
                    text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        }
        return new TensorName(text, 0);
    }

    /// Reads an input of a node in a graph, which may also be `^node`, an order without data.
    static TensorName ofInput(String text) {
        return of(text.startsWith("^") ? text.substring(1) : text);
    }
}
