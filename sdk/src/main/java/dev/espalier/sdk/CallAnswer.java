package dev.espalier.sdk;

import java.util.List;

/// What a model has answered that was called. It takes up memory of the server's until it is closed, or its request has had
/// its last word; its tensors are dead from then on. Safe for use by several threads.
public interface CallAnswer extends AutoCloseable {
    /// The names of its outputs, in the order of the model that was called.
    List<String> names();

    /// An output, to be read.
    ///
    /// @throws IllegalArgumentException when the answer has no such output
    /// @throws IllegalStateException when it is dead
    Tensor output(String name);

    /// Gives its memory back. Does nothing the second time, or after the request's last word.
    @Override
    void close();
}
