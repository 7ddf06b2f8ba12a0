package dev.espalier.chaos;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferRequest.InferInputTensor;
import dev.espalier.protocol.ModelInferResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Asks over gRPC, all on one connection.
final class GrpcProtocol implements Protocol {
    private static final MethodDescriptor<ModelInferRequest, ModelInferResponse> INFER =
            MethodDescriptor.<ModelInferRequest, ModelInferResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("inference.GRPCInferenceService/ModelInfer")
                    .setRequestMarshaller(
                            ProtoUtils.marshaller(ModelInferRequest.getDefaultInstance()))
                    .setResponseMarshaller(
                            ProtoUtils.marshaller(ModelInferResponse.getDefaultInstance()))
                    .build();

    private final ManagedChannel channel;

    GrpcProtocol(int port) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    @Override
    public CompletableFuture<Answer> ask(Ask ask) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        ListenableFuture<ModelInferResponse> call =
                ClientCalls.futureUnaryCall(
                        channel.newCall(INFER, CallOptions.DEFAULT), request(ask));
        call.addListener(() -> answer.complete(answer(call)), Runnable::run);
        return answer;
    }

    private static ModelInferRequest request(Ask ask) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName("X").setDatatype("FP32");
        for (long dimension : ask.shape()) {
            input.addShape(dimension);
        }
        return ModelInferRequest.newBuilder()
                .setModelName(ask.model().label())
                .setId(Long.toString(ask.number()))
                .addInputs(input)
                .addRawInputContents(ByteString.copyFrom(Floats.bytes(ask.elements())))
                .build();
    }

    private static Answer answer(ListenableFuture<ModelInferResponse> call) {
        try {
            ModelInferResponse response = call.get();
            ByteBuffer raw = response.getRawOutputContents(0).asReadOnlyByteBuffer();
            return new Answer.Values(
                    response.getId(), Floats.of(raw.order(ByteOrder.LITTLE_ENDIAN)));
        } catch (ExecutionException failure) {
            Status status = Status.fromThrowable(failure.getCause());
            String text = status.getDescription() == null ? "" : status.getDescription();
            boolean fromServer = status.getCause() == null && !text.startsWith("Network closed");
            return fromServer
                    ? new Answer.Refused(status.getCode() == Status.Code.UNAVAILABLE, text)
                    : new Answer.Broken(status.toString());
        } catch (InterruptedException | RuntimeException failure) {
            return new Answer.Broken(failure.toString());
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
