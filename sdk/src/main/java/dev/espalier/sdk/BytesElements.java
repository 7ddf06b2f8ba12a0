package dev.espalier.sdk;

import java.nio.charset.StandardCharsets;

/// The elements of a BYTES [Tensor], in row-major order. Where each begins is found once, when the view is made.
///
/// Each method throws an [IllegalStateException] when the tensor is dead, and an [IndexOutOfBoundsException] for an
/// element that it does not have.
public interface BytesElements {
    /// How many there are.
    long size();

    /// A copy of the element `index`.
    byte[] get(long index);

    /// The element `index` as a text in UTF-8; what is none becomes U+FFFD.
    default String string(long index) {
        return new String(get(index), StandardCharsets.UTF_8);
    }
}
