package dev.espalier.server.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.io.InputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

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

    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> ACCEPTED =
            Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private final GrpcServices services;
    private final int level;

    /// @param compression how answers are compressed for clients that know how: `none`, `low`, `medium` or `high`
    InferMethod(GrpcServices services, String compression) {
        this.services = services;
        this.level =
                switch (compression) {
                    case "none" -> 0;
                    case "low" -> Deflater.BEST_SPEED;
                    case "high" -> Deflater.BEST_COMPRESSION;
                    default -> 6;
                };
    }

    @Override
    public ServerCall.Listener<InputStream> startCall(
            ServerCall<InputStream, InferAnswer> call, Metadata headers) {
        // One more than there may be: a second message must be seen.
        call.request(2);
        InferCall begun = new InferCall(call, services, ArrivingUploads.current(), coding(headers));
        ArrivingUploads.begun(begun);
        return begun;
    }

    private InferCall.Coding coding(Metadata headers) {
        @Nullable String encoding = headers.get(ENCODING);
        boolean known = Unpacking.GZIP.equals(encoding) || Unpacking.DEFLATE.equals(encoding);
        return new InferCall.Coding(known ? encoding : null, accepts(headers) ? level : 0);
    }

    private static boolean accepts(Metadata headers) {
        @Nullable String accepted = headers.get(ACCEPTED);
        return accepted != null
                && Stream.of(accepted.split(",", -1))
                        .anyMatch(name -> name.strip().equals(MessageCodings.RESPONSE_CODING));
    }
}
