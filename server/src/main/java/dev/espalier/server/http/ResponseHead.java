package dev.espalier.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/// The status line and the headers of answers, written without building objects for them.
final class ResponseHead {
    /// Enough for every head without extra headers.
    static final int SIZE = 320;

    private static final ByteBuf CONTINUE =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer()
                            .writeBytes(ascii("HTTP/1.1 100 Continue\r\n\r\n"))
                            .asReadOnly());

    private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\n");
    private static final byte[] JSON = ascii("Content-Type: application/json\r\n");
    private static final byte[] BINARY = ascii("Content-Type: application/octet-stream\r\n");
    private static final byte[] EVENTS =
            ascii("Content-Type: text/event-stream; charset=utf-8\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] HEADER_LENGTH = ascii("Inference-Header-Content-Length: ");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] END_OF_LINE = ascii("\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");

    /// What the answer says about the connection's future.
    enum Persistence {
        /// It stays open, as HTTP/1.1 has it.
        DEFAULT,
        /// It stays open, said to a client of HTTP/1.0.
        KEPT,
        CLOSED;

        /// As the client wishes, unless the server is `stopping`.
        static Persistence of(HttpRequest request, boolean stopping) {
            if (stopping || !HttpUtil.isKeepAlive(request)) {
                return CLOSED;
            }
            return request.protocolVersion().equals(HttpVersion.HTTP_1_0) ? KEPT : DEFAULT;
        }
    }

    private ResponseHead() {}

    /// What a client is told that waits before it sends a body.
    static ByteBuf goOn() {
        return CONTINUE.duplicate();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// The head of a result.
    ///
    /// @param jsonLength the length of the JSON where tensors follow it; -1 where none do
    /// @param encodingLine the line with the content encoding; empty for none
    static void result(
            ByteBuf out,
            long jsonLength,
            String encodingLine,
            long length,
            Persistence persistence) {
        out.writeBytes(OK);
        if (jsonLength >= 0) {
            out.writeBytes(BINARY).writeBytes(HEADER_LENGTH);
            number(out, jsonLength);
            out.writeBytes(END_OF_LINE);
        } else {
            out.writeBytes(JSON);
        }
        out.writeCharSequence(encodingLine, StandardCharsets.US_ASCII);
        end(out, length, persistence);
    }

    /// The head of any other answer. `extra` are whole lines.
    static void plain(
            ByteBuf out,
            Status status,
            String extra,
            String contentType,
            long length,
            Persistence persistence) {
        out.writeBytes(ascii("HTTP/1.1 " + status.code() + ' ' + status.reason() + "\r\n"));
        out.writeBytes(ascii(extra));
        if (length > 0) {
            out.writeBytes(ascii("Content-Type: " + contentType + "\r\n"));
        }
        end(out, length, persistence);
    }

    /// The head of an answer in events, of which nobody knows how many come.
    ///
    /// @param chunked whether they come in chunks; otherwise the connection's end is theirs
    static void events(ByteBuf out, Status status, boolean chunked, Persistence persistence) {
        out.writeBytes(ascii("HTTP/1.1 " + status.code() + ' ' + status.reason() + "\r\n"));
        out.writeBytes(EVENTS);
        if (chunked) {
            out.writeBytes(CHUNKED);
        }
        persistence(out, persistence);
        out.writeBytes(END_OF_LINE);
    }

    /// A status line's number and words.
    record Status(int code, String reason) {
        static Status of(int code) {
            return new Status(code, HttpResponseStatus.valueOf(code).reasonPhrase());
        }
    }

    private static void end(ByteBuf out, long length, Persistence persistence) {
        persistence(out, persistence);
        out.writeBytes(LENGTH);
        number(out, length);
        out.writeBytes(END_OF_LINE).writeBytes(END_OF_LINE);
    }

    private static void persistence(ByteBuf out, Persistence persistence) {
        switch (persistence) {
            case CLOSED -> out.writeBytes(CLOSE);
            case KEPT -> out.writeBytes(KEEP_ALIVE);
            case DEFAULT -> {}
        }
    }

    private static void number(ByteBuf out, long value) {
        int digits = 1;
        for (long bound = value; bound >= 10; bound /= 10) {
            digits++;
        }
        out.ensureWritable(digits);
        int begin = out.writerIndex();
        long rest = value;
        for (int at = begin + digits - 1; at >= begin; at--, rest /= 10) {
            out.setByte(at, (byte) ('0' + rest % 10));
        }
        out.writerIndex(begin + digits);
    }
}
