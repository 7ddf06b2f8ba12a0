package dev.espalier.server.http;

import io.netty.buffer.ByteBuf;

/// A request whose answer is known before its body has been read.
record KnownAnswer(HttpConnection connection, Reply reply) implements Exchange {
    @Override
    public void content(ByteBuf content) {}

    @Override
    public void end() {
        connection.reply(reply);
    }

    @Override
    public void abort() {}
}
