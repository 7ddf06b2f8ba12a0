package dev.espalier.sdk;

import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A call of another model of the server, while it is written, into memory that the server shares with this process. The
/// server copies the inputs once, to the model that is called, and what that one answers once, back.
///
/// ```java
/// Call call = request.call("scores").strings("TEXT", texts, texts.size(), 1);
/// try (CallAnswer answer = call.send()) {
///     FloatElements scores = answer.output("SCORE").floats();
/// }
/// ```
///
/// A call that has not been sent is over with its request. Used by one thread at a time, whichever it is.
public interface Call {
    /// An input, in place: its elements are zero, and to be set through the tensor.
    ///
    /// @param type of its elements; any but BYTES, whose elements have no fixed size
    /// @param shape the dimensions, batch dimension included, outermost first; none for a scalar
    /// @return a tensor that is valid until the call is sent
    /// @throws IllegalArgumentException when the type is BYTES, or the shape is none
    /// @throws IllegalStateException when the call has been sent or is over, or there is no memory
    Tensor input(String name, DataType type, long... shape);

    /// An input whose content lies elsewhere, in an array or another tensor; it is copied once, here.
    ///
    /// @param content the elements in their order, little-endian, as in [Tensor#memory]
    /// @throws IllegalArgumentException as [#input], and when the content has another size than the shape
    /// @throws IllegalStateException as [#input]
    Call input(String name, DataType type, MemorySegment content, long... shape);

    /// A tensor of the request, or of another answer, as an input: of its type, its shape and its elements.
    ///
    /// @throws IllegalStateException as [#input], and when the tensor is dead
    default Call input(String name, Tensor tensor) {
        return input(name, tensor.type(), tensor.memory(), tensor.shape());
    }

    /// An input of BYTES.
    ///
    /// @throws IllegalArgumentException when there are more or fewer elements than the shape has
    /// @throws IllegalStateException as [#input]
    Call bytes(String name, List<byte[]> elements, long... shape);

    /// An input of BYTES, whose elements are texts in UTF-8.
    ///
    /// @throws IllegalArgumentException as [#bytes]
    /// @throws IllegalStateException as [#input]
    Call strings(String name, List<String> elements, long... shape);

    /// Calls this version, and not the newest that is ready.
    Call version(long number);

    /// Asks for these outputs only, and not for all.
    Call outputs(String... names);

    /// Sends the call and waits until it has been answered, which it is at the latest when nobody waits for the request
    /// any more. Other requests of the instance wait meanwhile where this is the thread of [Model#run].
    ///
    /// @return the answer, to be closed
    /// @throws CallException when it comes to nothing: the model refuses it, fails, or is not to be had
    /// @throws InterruptedException when the thread is interrupted; the call is given up
    /// @throws IllegalStateException when the call has been sent or is over
    CallAnswer send() throws CallException, InterruptedException;
}
