package dev.espalier.server.grpc;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.work.Outcome;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A method with one small message each way.
final class UnaryMethod<Q extends Message> implements ServerCallHandler<InputStream, byte[]> {
    private final Parser<Q> parser;
    private final Answer<Q> answer;
    private final InternalErrors errors;
    private final Executor executor;

    private UnaryMethod(
            Parser<Q> parser, Answer<Q> answer, InternalErrors errors, Executor executor) {
        this.parser = DiscardUnknownFieldsParser.wrap(parser);
        this.answer = answer;
        this.errors = errors;
        this.executor = executor;
    }

    /// What the method does.
    interface Answer<Q> {
        MessageLite to(Q request) throws ServingException, InterruptedException;
    }

    /// A method that is answered at once, on the event loop.
    static <Q extends Message> void add(
            ServerServiceDefinition.Builder service,
            String serviceName,
            String name,
            Parser<Q> parser,
            Answer<Q> answer,
            InternalErrors errors) {
        add(service, serviceName, name, parser, answer, errors, Runnable::run);
    }

    /// A method whose answer waits, for models or for files: a virtual thread gives it.
    static <Q extends Message> void addAwaited(
            ServerServiceDefinition.Builder service,
            String serviceName,
            String name,
            Parser<Q> parser,
            Answer<Q> answer,
            InternalErrors errors) {
        add(
                service,
                serviceName,
                name,
                parser,
                answer,
                errors,
                task -> {
                    Thread _ = Thread.ofVirtual().name(name).start(task);
                });
    }

    private static <Q extends Message> void add(
            ServerServiceDefinition.Builder service,
            String serviceName,
            String name,
            Parser<Q> parser,
            Answer<Q> answer,
            InternalErrors errors,
            Executor executor) {
        MethodDescriptor<InputStream, byte[]> method =
                MethodDescriptor.<InputStream, byte[]>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(
                                MethodDescriptor.generateFullMethodName(serviceName, name))
                        .setRequestMarshaller(new UnreadMessage())
                        .setResponseMarshaller(new WrittenMessage())
                        .build();
        service.addMethod(method, new UnaryMethod<>(parser, answer, errors, executor));
    }

    @Override
    public ServerCall.Listener<InputStream> startCall(
            ServerCall<InputStream, byte[]> call, Metadata headers) {
        // One more than there may be: a second message must be seen.
        call.request(2);
        return new Listener(call);
    }

    private Q parsed(InputStream message) throws ServingException {
        try {
            return parser.parseFrom(message);
        } catch (InvalidProtocolBufferException _) {
            throw Failures.malformed();
        }
    }

    private final class Listener extends ServerCall.Listener<InputStream> {
        private final ServerCall<InputStream, byte[]> call;
        private int messages;
        private @Nullable Q request;
        private Status status =
                Status.INTERNAL.withDescription("the call ended without a message (expected: one)");

        Listener(ServerCall<InputStream, byte[]> call) {
            this.call = call;
        }

        @Override
        public void onMessage(InputStream message) {
            messages++;
            if (messages > 1) {
                // At once: behind a third one, which nobody asks gRPC for, the end would never
                // come.
                call.close(
                        Status.INTERNAL.withDescription("a second message (expected: one)"),
                        new Metadata());
                return;
            }
            try {
                request = parsed(message);
            } catch (ServingException failure) {
                status = Failures.status(failure);
            }
        }

        @Override
        public void onHalfClose() {
            if (messages > 1) {
                return;
            }
            Q complete = request;
            if (complete == null) {
                call.close(status, new Metadata());
            } else {
                executor.execute(() -> reply(complete));
            }
        }

        private void reply(Q complete) {
            String name = String.valueOf(call.getMethodDescriptor().getBareMethodName());
            Outcome<byte[]> reply =
                    Outcome.of(() -> answer.to(complete).toByteArray(), errors, "grpc", name);
            try {
                byte[] message = reply.get();
                call.sendHeaders(new Metadata());
                call.sendMessage(message);
                call.close(Status.OK, new Metadata());
            } catch (ServingException failure) {
                call.close(Failures.status(failure), new Metadata());
            }
        }
    }

    /// Messages have been written before they are sent: what fails then is the call's.
    private static final class WrittenMessage implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("a server reads no answers");
        }
    }
}
