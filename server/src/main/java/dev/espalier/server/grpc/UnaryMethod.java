package dev.espalier.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.espalier.server.failure.ServingException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// A method with one small message each way, answered at once.
final class UnaryMethod<Q extends MessageLite>
        implements ServerCallHandler<InputStream, MessageLite> {
    private final Parser<Q> parser;
    private final Answer<Q> answer;

    private UnaryMethod(Parser<Q> parser, Answer<Q> answer) {
        this.parser = parser;
        this.answer = answer;
    }

    /// What the method does.
    interface Answer<Q> {
        MessageLite to(Q request) throws ServingException;
    }

    static <Q extends MessageLite> void add(
            ServerServiceDefinition.Builder service,
            String serviceName,
            String name,
            Parser<Q> parser,
            Answer<Q> answer) {
        MethodDescriptor<InputStream, MessageLite> method =
                MethodDescriptor.<InputStream, MessageLite>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(
                                MethodDescriptor.generateFullMethodName(serviceName, name))
                        .setRequestMarshaller(new UnreadMessage())
                        .setResponseMarshaller(new WrittenMessage())
                        .build();
        service.addMethod(method, new UnaryMethod<>(parser, answer));
    }

    @Override
    public ServerCall.Listener<InputStream> startCall(
            ServerCall<InputStream, MessageLite> call, Metadata headers) {
        // One more than there may be: a second message must be seen.
        call.request(2);
        return new Listener(call);
    }

    private MessageLite answer(InputStream message) throws ServingException {
        try {
            return answer.to(parser.parseFrom(message));
        } catch (InvalidProtocolBufferException _) {
            throw Failures.malformed();
        }
    }

    private final class Listener extends ServerCall.Listener<InputStream> {
        private final ServerCall<InputStream, MessageLite> call;
        private @Nullable MessageLite reply;
        private Status status =
                Status.INTERNAL.withDescription("the call ended without a message (expected: one)");

        Listener(ServerCall<InputStream, MessageLite> call) {
            this.call = call;
        }

        @Override
        public void onMessage(InputStream message) {
            if (reply != null) {
                reply = null;
                status = Status.INTERNAL.withDescription("a second message (expected: one)");
                return;
            }
            try {
                reply = answer(message);
                status = Status.OK;
            } catch (ServingException failure) {
                status = Failures.status(failure);
            }
        }

        @Override
        public void onHalfClose() {
            MessageLite message = reply;
            if (message != null) {
                call.sendHeaders(new Metadata());
                call.sendMessage(message);
            }
            call.close(status, new Metadata());
        }
    }

    /// Messages are sent as protobuf writes them.
    private static final class WrittenMessage implements MethodDescriptor.Marshaller<MessageLite> {
        @Override
        public InputStream stream(MessageLite message) {
            return new ByteArrayInputStream(message.toByteArray());
        }

        @Override
        public MessageLite parse(InputStream stream) {
            throw new UnsupportedOperationException("a server reads no answers");
        }
    }
}
