package dev.espalier.server.grpc;

import com.google.protobuf.Message;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.protocol.ModelStreamInferResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A client of gRPC's own making: every call waits for its answer, and fails with a
/// [StatusRuntimeException].
final class InferenceClient implements AutoCloseable {
    static final String SERVICE = "inference.GRPCInferenceService";

    static final MethodDescriptor<ModelInferRequest, ModelInferResponse> INFER =
            method(
                    SERVICE,
                    "ModelInfer",
                    ModelInferRequest.getDefaultInstance(),
                    ModelInferResponse.getDefaultInstance());

    private static final MethodDescriptor<ModelInferRequest, ModelStreamInferResponse> STREAM =
            method(
                            SERVICE,
                            "ModelStreamInfer",
                            ModelInferRequest.getDefaultInstance(),
                            ModelStreamInferResponse.getDefaultInstance())
                    .toBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .build();

    /// Longer than any call of a test takes, also on a busy machine.
    private static final CallOptions PATIENT =
            CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS);

    private final ManagedChannel channel;

    InferenceClient(int port) {
        this(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext());
    }

    InferenceClient(int port, SslContext tls) {
        this(NettyChannelBuilder.forAddress("localhost", port).sslContext(tls));
    }

    private InferenceClient(NettyChannelBuilder builder) {
        channel = builder.maxInboundMessageSize(Integer.MAX_VALUE).build();
    }

    private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
            String service, String name, Q question, A answer) {
        return MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .setRequestMarshaller(ProtoUtils.marshaller(question))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .build();
    }

    ModelInferResponse infer(ModelInferRequest request) {
        return infer(request, PATIENT);
    }

    ModelInferResponse infer(ModelInferRequest request, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, INFER, options, request);
    }

    /// Infers without waiting; cancelling the future cancels the call.
    CompletableFuture<ModelInferResponse> inferLater(ModelInferRequest request) {
        ClientCall<ModelInferRequest, ModelInferResponse> call = channel.newCall(INFER, PATIENT);
        var answer = ClientCalls.futureUnaryCall(call, request);
        CompletableFuture<ModelInferResponse> later =
                new CompletableFuture<>() {
                    @Override
                    public boolean cancel(boolean mayInterrupt) {
                        answer.cancel(mayInterrupt);
                        return super.cancel(mayInterrupt);
                    }
                };
        answer.addListener(
                () -> {
                    try {
                        later.complete(answer.get());
                    } catch (Exception failure) {
                        later.completeExceptionally(failure);
                    }
                },
                Runnable::run);
        return later;
    }

    /// Calls a method of the inference service.
    <A extends Message> A call(String name, Message question, A answer) {
        return call(SERVICE, name, question, answer);
    }

    <A extends Message> A call(String service, String name, Message question, A answer) {
        return ClientCalls.blockingUnaryCall(
                channel, method(service, name, question, answer), PATIENT, question);
    }

    /// The same with a token in every call.
    <A extends Message> A call(String name, Message question, A answer, String token) {
        return ClientCalls.blockingUnaryCall(
                with("authorization", "Bearer " + token),
                method(SERVICE, name, question, answer),
                PATIENT,
                question);
    }

    /// Infers with a further header.
    ModelInferResponse infer(ModelInferRequest request, String header, String value) {
        return ClientCalls.blockingUnaryCall(with(header, value), INFER, PATIENT, request);
    }

    private Channel with(String header, String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
        return ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /// A stream, with further headers, names and values in turn.
    InferenceStream stream(String... headers) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < headers.length; i += 2) {
            metadata.put(
                    Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
        }
        return new InferenceStream(channel.newCall(STREAM, PATIENT), metadata);
    }

    ClientCall<ModelInferRequest, ModelInferResponse> newCall() {
        return channel.newCall(INFER, PATIENT);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
