package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/// Makes requests of bytes, and tells the connection how many have come. What may not stand together stays
/// together, for [Framing] to refuse it.
final class RequestDecoder extends HttpRequestDecoder {
    private final HttpConnection connection;
    private final HeaderCount header;
    private boolean refused;

    /// Of the bytes that wait to be decoded, those that have been counted.
    private int seen;

    RequestDecoder(HttpDecoderConfig config, HttpConnection connection) {
        super(config);
        this.connection = connection;
        this.header = new HeaderCount(connection.heap());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf bytes) {
            connection.arrived(bytes.readableBytes());
        }
        super.channelRead(context, message);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int from = in.readerIndex();
        int count = in.readableBytes();
        int before = out.size();
        super.decode(context, in, out);
        if (out.size() == before) {
            // The bytes of a body come out at once: these are lines of a header, or behind chunks.
            count(in, from, count);
        } else {
            header.end();
            seen = 0;
        }
    }

    private void count(ByteBuf in, int from, int count) {
        try {
            header.add(in, from + seen, count - seen);
            seen = in.readableBytes();
        } catch (ServingException full) {
            refused = true;
            header.end();
            in.skipBytes(in.readableBytes());
            connection.refuseHeader(full);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        header.end();
        super.handlerRemoved0(context);
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
