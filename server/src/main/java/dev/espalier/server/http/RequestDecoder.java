package dev.espalier.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/// Makes requests of bytes, and tells the connection how many have come. What may not stand together stays
/// together, for [Framing] to refuse it.
final class RequestDecoder extends HttpRequestDecoder {
    private final HttpConnection connection;

    RequestDecoder(HttpDecoderConfig config, HttpConnection connection) {
        super(config);
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf bytes) {
            connection.arrived(bytes.readableBytes());
        }
        super.channelRead(context, message);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {}

    /// The version, whose name is of capitals.
    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        String version = super.splitThirdWordInitialLine(line, start, length);
        return version.startsWith("HTTP/") ? version : "";
    }
}
