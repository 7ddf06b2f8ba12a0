package dev.espalier.server.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.io.InputStream;

/// The method `ModelInfer`, whose messages are read and written by hand: their tensors never become
/// objects.
final class InferMethod implements ServerCallHandler<InputStream, InferAnswer> {
    static final MethodDescriptor<InputStream, InferAnswer> DESCRIPTOR =
            MethodDescriptor.<InputStream, InferAnswer>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("inference.GRPCInferenceService/ModelInfer")
                    .setRequestMarshaller(new UnreadMessage())
                    .setResponseMarshaller(new InferAnswer.Written())
                    .build();

    private final GrpcServices services;
    private final boolean compressed;

    /// @param compressed whether answers are compressed for clients that know how
    InferMethod(GrpcServices services, boolean compressed) {
        this.services = services;
        this.compressed = compressed;
    }

    @Override
    public ServerCall.Listener<InputStream> startCall(
            ServerCall<InputStream, InferAnswer> call, Metadata headers) {
        // One more than there may be: a second message must be seen.
        call.request(2);
        InferCall begun = new InferCall(call, services, compressed);
        ArrivingUploads.begun(begun);
        return begun;
    }
}
