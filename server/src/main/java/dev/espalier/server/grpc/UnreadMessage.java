package dev.espalier.server.grpc;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/// Hands a method its messages as they came: the method itself reads them, and knows what to answer when
/// they are malformed. A message may be read only while its listener is being called.
final class UnreadMessage implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream parse(InputStream message) {
        return message;
    }

    @Override
    public InputStream stream(InputStream message) {
        throw new UnsupportedOperationException("a server sends no requests");
    }
}
