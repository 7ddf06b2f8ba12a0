package dev.espalier.server.grpc;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.InferParameter;
import dev.espalier.protocol.InferTensorContents;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferRequest.InferInputTensor;
import dev.espalier.protocol.ModelInferRequest.InferRequestedOutputTensor;
import dev.espalier.tensor.DataType;

/// Inference requests as clients write them.
final class Requests {
    private Requests() {}

    /// The model that gives tensors of this type back.
    static String echo(DataType type) {
        return "echo_" + type.name().toLowerCase();
    }

    static ModelInferRequest.Builder to(String model) {
        return ModelInferRequest.newBuilder().setModelName(model);
    }

    /// A request with one tensor of raw bytes.
    static ModelInferRequest raw(String model, String type, byte[] tensor, long... shape) {
        return to(model)
                .addInputs(input("X", type, shape))
                .addRawInputContents(ByteString.copyFrom(tensor))
                .build();
    }

    /// A request with one tensor whose values stand in `contents`.
    static ModelInferRequest typed(
            String model, String type, InferTensorContents.Builder contents, long... shape) {
        return to(model).addInputs(input("X", type, shape).setContents(contents)).build();
    }

    static InferInputTensor.Builder input(String name, String type, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(type);
        for (long dimension : shape) {
            input.addShape(dimension);
        }
        return input;
    }

    static InferRequestedOutputTensor.Builder output(String name) {
        return InferRequestedOutputTensor.newBuilder().setName(name);
    }

    static InferParameter number(long value) {
        return InferParameter.newBuilder().setInt64Param(value).build();
    }
}
