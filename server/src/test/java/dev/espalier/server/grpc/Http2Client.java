package dev.espalier.server.grpc;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A client's end of an HTTP/2 connection that sends each frame as the test wants it. It minds no window:
/// a test sends less than the server's.
final class Http2Client implements AutoCloseable {
    static final String INFER = "/inference.GRPCInferenceService/ModelInfer";

    static final String INFER_STREAM = "/inference.GRPCInferenceService/ModelStreamInfer";

    static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int WINDOW_UPDATE = 8;

    private static final byte[] MOST = {0x7f, -1, 0, 0};

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder();
    private final Map<Integer, Answer> answers = new HashMap<>();
    private int lastStream = -1;
    private long returned;
    private boolean settled;

    /// What came back on a stream.
    static final class Answer {
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();
        private String status = "";
        private String text = "";
        private boolean ended;
        private boolean reset;

        /// The messages with their prefixes.
        byte[] data() {
            return data.toByteArray();
        }

        /// gRPC's status as a number, or `reset`.
        String status() {
            return status;
        }

        String text() {
            return text;
        }
    }

    /// A client that takes whatever comes.
    Http2Client(int port) throws IOException {
        this(port, MOST);
        frame(WINDOW_UPDATE, 0, 0, MOST);
    }

    /// A client that takes no byte of any answer until [#take].
    static Http2Client takingNothing(int port) throws IOException {
        return new Http2Client(port, new byte[Integer.BYTES]);
    }

    private Http2Client(int port, byte[] window) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        // SETTINGS_INITIAL_WINDOW_SIZE
        frame(SETTINGS, 0, 0, concat(new byte[] {0, 4}, window));
    }

    /// Takes so many more bytes of a stream's answer, or with 0 of all together.
    void take(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(Integer.BYTES).putInt(bytes).array());
    }

    /// Begins a call of `ModelInfer`.
    int begin() throws IOException {
        return begin(INFER);
    }

    /// Begins a call with further headers, names and values in turn.
    int begin(String method, String... more) throws IOException {
        List<String> fields =
                new ArrayList<>(
                        List.of(
                                ":method",
                                "POST",
                                ":scheme",
                                "http",
                                ":path",
                                method,
                                ":authority",
                                "test",
                                "content-type",
                                "application/grpc",
                                "te",
                                "trailers"));
        fields.addAll(List.of(more));
        return beginWith(fields, 0);
    }

    /// Begins a call with these headers and no others.
    int beginWith(List<String> fields, int flags) throws IOException {
        lastStream += 2;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.size(); i += 2) {
            field(block, fields.get(i), fields.get(i + 1));
        }
        frame(HEADERS, END_HEADERS | flags, lastStream, block.toByteArray());
        answers.put(lastStream, new Answer());
        return lastStream;
    }

    /// A header field as HPACK writes it without tables.
    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        block.write(name.length());
        block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    void data(int stream, byte[] content, int flags) throws IOException {
        frame(DATA, flags, stream, content);
    }

    void paddedData(int stream, byte[] content, int padding, int flags) throws IOException {
        byte[] padded = concat(new byte[] {(byte) padding}, content);
        frame(DATA, flags | PADDED, stream, concat(padded, new byte[padding]));
    }

    void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    /// Waits until the stream has ended.
    Answer answer(int stream) throws IOException {
        Answer answer = answers.get(stream);
        while (!answer.ended) {
            read();
        }
        return answer;
    }

    /// Waits until so many bytes of a stream's answer have come.
    void awaitData(int stream, long bytes) throws IOException {
        while (answers.get(stream).data.size() < bytes) {
            read();
        }
    }

    /// Waits until the server has reset the stream.
    void awaitReset(int stream) throws IOException {
        while (!answers.get(stream).reset) {
            read();
        }
    }

    /// Waits until the server has said how much it takes; before that, a client may send no more than 64 KB ahead.
    void awaitSettings() throws IOException {
        while (!settled) {
            read();
        }
    }

    /// How many bytes of its window the server has given back, on the whole connection.
    long returned() {
        return returned;
    }

    /// Waits until the server has given so many bytes back.
    void awaitReturned(long bytes) throws IOException {
        while (returned < bytes) {
            read();
        }
    }

    /// Reads one frame.
    void read() throws IOException {
        int head = in.readInt();
        int flags = in.readByte();
        int stream = in.readInt();
        byte[] payload = new byte[head >>> 8];
        in.readFully(payload);
        Answer answer = answers.getOrDefault(stream, new Answer());
        switch (head & 0xff) {
            case DATA -> answer.data.writeBytes(payload);
            case HEADERS -> headers(stream, payload, answer);
            case RST_STREAM -> {
                answer.status = answer.ended ? answer.status : "reset";
                answer.ended = true;
                answer.reset = true;
            }
            case SETTINGS, PING -> {
                settled |= (head & 0xff) == SETTINGS;
                if ((flags & ACK) == 0) {
                    byte[] reply = (head & 0xff) == PING ? payload : new byte[0];
                    frame(head & 0xff, ACK, 0, reply);
                }
            }
            case GO_AWAY ->
                    throw new IOException(
                            "the server ends the connection: "
                                    + new String(
                                            payload,
                                            2 * Integer.BYTES,
                                            payload.length - 2 * Integer.BYTES,
                                            StandardCharsets.US_ASCII));
            case WINDOW_UPDATE -> {
                if (stream == 0) {
                    returned += Unpooled.wrappedBuffer(payload).readUnsignedInt();
                }
            }
            default -> {}
        }
        if ((head & 0xff) <= HEADERS && (flags & END_STREAM) != 0) {
            answer.ended = true;
        }
    }

    private void headers(int stream, byte[] block, Answer answer) throws IOException {
        try {
            Http2Headers fields = headers.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
            if (fields.contains("grpc-status")) {
                answer.status = fields.get("grpc-status").toString();
            }
            if (fields.contains("grpc-message")) {
                answer.text = fields.get("grpc-message").toString();
            }
        } catch (Http2Exception broken) {
            throw new IOException(broken);
        }
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /// A message with its prefix.
    static byte[] prefixed(byte[] message) {
        return concat(
                new byte[] {
                    0,
                    (byte) (message.length >> 24),
                    (byte) (message.length >> 16),
                    (byte) (message.length >> 8),
                    (byte) message.length
                },
                message);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
