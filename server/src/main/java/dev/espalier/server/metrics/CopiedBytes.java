package dev.espalier.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/// Tensor bytes that the server copied beyond the one move that every byte makes: from the network's
/// buffer into IN, and from OUT to the network. Binary tensors over HTTP need none; what gRPC needs is
/// counted here. Conversions (values in JSON, compression, TLS) are no copies.
public final class CopiedBytes {
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();

    /// Bytes of an input were copied once more.
    public void in(long bytes) {
        in.add(bytes);
    }

    /// Bytes of an output were copied once more.
    public void out(long bytes) {
        out.add(bytes);
    }

    public long in() {
        return in.sum();
    }

    public long out() {
        return out.sum();
    }
}
