package dev.espalier.server.grpc;

import dev.espalier.server.tracing.Door;
import dev.espalier.server.tracing.Tracing;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// The methods `ModelInfer` and `ModelStreamInfer`, whose messages are read and written by hand: their tensors never
/// become objects.
final class InferMethod {
    private static final MethodDescriptor<InputStream, InferAnswer> ONCE =
            described("ModelInfer", MethodDescriptor.MethodType.UNARY);

    private static final MethodDescriptor<InputStream, InferAnswer> STREAM =
            described("ModelStreamInfer", MethodDescriptor.MethodType.BIDI_STREAMING);

    /// With the value `true`: requests that fail while they run end their stream.
    private static final Metadata.Key<String> ERRORS_END =
            Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> ACCEPTED =
            Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);

    /// The client's span, as W3C names it.
    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final GrpcServices services;
    private final int level;
    private final int mostStreamRequests;

    /// @param mostStreamRequests how many requests of one stream are taken at once
    /// @param compression how answers are compressed for clients that know how: `none`, `low`, `medium` or `high`
    InferMethod(GrpcServices services, String compression, int mostStreamRequests) {
        this.services = services;
        this.mostStreamRequests = mostStreamRequests;
        this.level =
                switch (compression) {
                    case "none" -> 0;
                    case "low" -> Deflater.BEST_SPEED;
                    case "high" -> Deflater.BEST_COMPRESSION;
                    default -> 6;
                };
    }

    private static MethodDescriptor<InputStream, InferAnswer> described(
            String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<InputStream, InferAnswer>newBuilder()
                .setType(type)
                .setFullMethodName("inference.GRPCInferenceService/" + name)
                .setRequestMarshaller(new UnreadMessage())
                .setResponseMarshaller(new InferAnswer.Written())
                .build();
    }

    void addTo(ServerServiceDefinition.Builder service) {
        service.addMethod(ONCE, this::once).addMethod(STREAM, this::stream);
    }

    private InferCall once(ServerCall<InputStream, InferAnswer> call, Metadata headers) {
        // One more than there may be: a second message must be seen.
        call.request(2);
        Tracing tracing = services.tracing();
        InferCall begun =
                new InferCall(
                        call,
                        services,
                        ArrivingUploads.current(),
                        coding(headers),
                        tracing.isOn()
                                ? tracing.arrival(Door.GRPC, headers.get(TRACE_PARENT))
                                : null);
        ArrivingUploads.begun(begun);
        return begun;
    }

    /// Its messages are taken before gRPC sees them: none is requested.
    private StreamCall stream(ServerCall<InputStream, InferAnswer> call, Metadata headers) {
        StreamCall begun =
                new StreamCall(
                        call,
                        services,
                        ArrivingUploads.current(),
                        new StreamCall.Options(
                                coding(headers),
                                "true".equals(headers.get(ERRORS_END)),
                                headers.get(TRACE_PARENT),
                                mostStreamRequests));
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
