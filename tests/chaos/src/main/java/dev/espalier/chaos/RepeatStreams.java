package dev.espalier.chaos;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.InferParameter;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferRequest.InferInputTensor;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.protocol.ModelStreamInferResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Asks the model `repeat_int32` over gRPC streams, all on one connection.
final class RepeatStreams implements AutoCloseable {
    private static final String FINAL = "triton_final_response";
    private static final MethodDescriptor<ModelInferRequest, ModelStreamInferResponse> STREAM =
            MethodDescriptor.<ModelInferRequest, ModelStreamInferResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("inference.GRPCInferenceService/ModelStreamInfer")
                    .setRequestMarshaller(
                            ProtoUtils.marshaller(ModelInferRequest.getDefaultInstance()))
                    .setResponseMarshaller(
                            ProtoUtils.marshaller(ModelStreamInferResponse.getDefaultInstance()))
                    .build();

    private final ManagedChannel channel;

    RepeatStreams(int port) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    /// Opens a stream for one request, which is to be answered with the numbers from 0 on, a millisecond between two.
    Heard ask(int answers) {
        Heard heard = new Heard();
        StreamObserver<ModelInferRequest> stream =
                ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(STREAM, CallOptions.DEFAULT), heard);
        ByteBuffer values = buffer(answers);
        ByteBuffer delays = buffer(answers);
        for (int i = 0; i < answers; i++) {
            values.putInt(i);
            delays.putInt(1);
        }
        stream.onNext(
                ModelInferRequest.newBuilder()
                        .setModelName("repeat_int32")
                        .putParameters(
                                "triton_enable_empty_final_response",
                                InferParameter.newBuilder().setBoolParam(true).build())
                        .addInputs(input("IN", "INT32", answers))
                        .addInputs(input("DELAY", "UINT32", answers))
                        .addInputs(input("WAIT", "UINT32", 1))
                        .addRawInputContents(ByteString.copyFrom(values.flip()))
                        .addRawInputContents(ByteString.copyFrom(delays.flip()))
                        .addRawInputContents(ByteString.copyFrom(buffer(1)))
                        .build());
        stream.onCompleted();
        return heard;
    }

    private static ByteBuffer buffer(int elements) {
        return ByteBuffer.allocate(Integer.BYTES * elements).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static InferInputTensor input(String name, String type, int elements) {
        return InferInputTensor.newBuilder()
                .setName(name)
                .setDatatype(type)
                .addShape(elements)
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /// What has come over a stream. Read when it is over.
    static final class Heard implements StreamObserver<ModelStreamInferResponse> {
        private final List<Integer> values = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private int finals;
        private String end = "it goes on";

        @Override
        public void onNext(ModelStreamInferResponse message) {
            if (!message.getErrorMessage().isEmpty()) {
                errors.add(message.getErrorMessage());
                return;
            }
            ModelInferResponse answer = message.getInferResponse();
            if (answer.getOutputsCount() > 0) {
                ByteBuffer raw = answer.getRawOutputContents(0).asReadOnlyByteBuffer();
                values.add(raw.order(ByteOrder.LITTLE_ENDIAN).getInt());
            }
            if (answer.getParametersMap().containsKey(FINAL)
                    && answer.getParametersOrThrow(FINAL).getBoolParam()) {
                finals++;
            }
        }

        @Override
        public void onError(Throwable failure) {
            end = failure.toString();
            over.countDown();
        }

        @Override
        public void onCompleted() {
            end = "";
            over.countDown();
        }

        /// Waits for its end.
        ///
        /// @throws IOException when it has none
        void await(long seconds) throws IOException {
            try {
                if (!over.await(seconds, TimeUnit.SECONDS)) {
                    throw new IOException("a stream has not ended after " + seconds + " s");
                }
            } catch (InterruptedException failure) {
                Thread.currentThread().interrupt();
                throw new IOException(failure);
            }
        }

        boolean isWhole(int expected) {
            return values.size() == expected && errors.isEmpty() && finals == 1;
        }

        /// What is wrong with it; empty for nothing.
        String wrong(int expected) {
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) != i) {
                    return "answer %d is %d".formatted(i, values.get(i));
                }
            }
            if (!end.isEmpty()) {
                return end;
            }
            if (isWhole(expected)) {
                return "";
            }
            // One that has had no answer has run once more, or is to blame for a worker's end.
            String why =
                    values.isEmpty()
                            ? "while it ran this request"
                            : "after %d answer".formatted(values.size());
            boolean told = errors.size() == 1 && errors.getFirst().contains(why);
            return told && finals == 0
                    ? ""
                    : "%d answers, %d last words, errors %s (expected: one error that says '%s')"
                            .formatted(values.size(), finals, errors, why);
        }
    }
}
