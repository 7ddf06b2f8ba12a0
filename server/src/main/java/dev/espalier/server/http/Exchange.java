package dev.espalier.server.http;

import io.netty.buffer.ByteBuf;

/// One request while its body arrives and its answer is made. Used by the connection's event loop
/// only. It answers exactly once, through its [HttpConnection], unless [#abort] comes first.
interface Exchange {
    /// Some more bytes of the body. The buffer is the caller's; what is not read is dropped.
    void content(ByteBuf content);

    /// The body is complete.
    void end();

    /// The client went away or broke the body off: no answer is wanted any more.
    void abort();
}
