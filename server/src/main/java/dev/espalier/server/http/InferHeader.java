package dev.espalier.server.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The JSON part of an inference request, as it was sent.
///
/// @param binaryOutputs whether outputs that are not listed come back in binary form
/// @param rawString whether the one input is a string that is sent without its length
/// @param text the JSON, with the values of `arrays`
record InferHeader(
        String id,
        long priority,
        long timeoutMicros,
        boolean binaryOutputs,
        List<Input> inputs,
        List<Output> outputs,
        boolean rawString,
        byte[] text,
        DataArrays arrays) {

    /// The same without the text, which may be long and is of no use once its values have been read.
    InferHeader withoutText() {
        return new InferHeader(
                id,
                priority,
                timeoutMicros,
                binaryOutputs,
                inputs,
                outputs,
                rawString,
                new byte[0],
                DataArrays.none());
    }

    /// One input.
    ///
    /// @param binarySize how many bytes of it follow the JSON; -1 where its values are in the JSON
    /// @param array the number of its `data` array; -1 where its bytes follow
    /// @param region where its bytes lie in shared memory; null where they are part of the request
    record Input(
            String name,
            String datatype,
            long[] shape,
            long binarySize,
            int array,
            @Nullable Region region) {
        /// An input that is part of the request.
        Input(String name, String datatype, long[] shape, long binarySize, int array) {
            this(name, datatype, shape, binarySize, array, null);
        }

        /// Whether its bytes follow the JSON.
        boolean follows() {
            return array < 0 && region == null;
        }
    }

    /// One output that is asked for.
    ///
    /// @param classification how many of the top classes to answer; 0 for the tensor
    /// @param region where in shared memory it is wanted; null where it is part of the answer
    record Output(String name, boolean binary, int classification, @Nullable Region region) {
        /// An output that is part of the answer.
        Output(String name, boolean binary, int classification) {
            this(name, binary, classification, null);
        }
    }

    /// A part of a region of shared memory, of which nothing is known but what the client says.
    record Region(String name, long offset, long byteSize) {}
}
