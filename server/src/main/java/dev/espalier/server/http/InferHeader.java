package dev.espalier.server.http;

import java.util.List;

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
    record Input(String name, String datatype, long[] shape, long binarySize, int array) {}

    /// One output that is asked for.
    ///
    /// @param classification how many of the top classes to answer; 0 for the tensor
    record Output(String name, boolean binary, int classification) {}
}
