package dev.espalier.sdk;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// An answer that is being written, into memory that the server shares with this process: nothing of it is copied
/// after that. Outputs that are left out are an error when the client wants them, unless the
/// model is decoupled.
///
/// Used by one thread at a time, whichever it is.
public interface Answer {
    /// An output of the model, in place: its elements are zero, and to be set through the tensor.
    ///
    /// @param shape the dimensions, batch dimension included, outermost first; none for a scalar
    /// @return a tensor of the output's type, valid until the answer is sent
    /// @throws IllegalArgumentException when the model has no such output, it is of another shape, or of BYTES, whose
    ///     elements have no fixed size
    /// @throws IllegalStateException when the output is there already, the answer has been sent, or there is no memory
    Tensor output(String name, long... shape);

    /// An output whose content lies elsewhere, in an array or another tensor; it is copied once, here.
    ///
    /// @param content the elements in their order, little-endian, as in [Tensor#memory]
    /// @throws IllegalArgumentException as [#output], and when the content has another size than the shape
    /// @throws IllegalStateException as [#output]
    void output(String name, MemorySegment content, long... shape);

    /// An output of BYTES.
    ///
    /// @throws IllegalArgumentException as [#output], and when there are more or fewer elements than the shape has
    /// @throws IllegalStateException as [#output]
    void bytes(String name, List<byte[]> elements, long... shape);

    /// An output of BYTES, whose elements are texts in UTF-8.
    ///
    /// @throws IllegalArgumentException as [#bytes]
    /// @throws IllegalStateException as [#output]
    void strings(String name, List<String> elements, long... shape);

    /// Sends it; another one will follow, or [Answers#end]. For decoupled models.
    ///
    /// Waits while the client has not read as much as it may leave unread. On the thread of [Model#run] that holds up the
    /// instance's other requests: if such wait for longer than five seconds, the request fails. Answer from a thread of your
    /// own where clients may be slow.
    ///
    /// @return false when nobody waits for answers any more: the request's tensors are dead, and [Answers#end] is all that
    ///     is left to do
    /// @throws IllegalStateException when it has been sent or dropped, or the model is not decoupled
    boolean send();

    /// Sends it as the request's last word.
    ///
    /// @throws IllegalArgumentException when an output is missing that the client wants, unless the model is decoupled; the
    ///     answer may be completed
    /// @throws IllegalStateException when it has been sent or dropped
    void sendLast();
}
