package dev.espalier.chaos;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Requests as bytes, for clients that behave as no library would.
final class Wire {
    static final int END_STREAM = 1;

    private static final int END_HEADERS = 4;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int LARGEST_FRAME = 16384;
    private static final int PREFIX = 5;
    private static final byte[] CANCEL = {0, 0, 0, 8};

    private Wire() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    // --- HTTP

    /// @param more further lines of the header, each with its end
    static byte[] head(String path, long length, String more) {
        return ascii(
                "POST %s HTTP/1.1\r\nHost: chaos\r\nContent-Length: %d\r\n%s\r\n"
                        .formatted(path, length, more));
    }

    static byte[] post(String path, byte[] body, String more) {
        return joined(head(path, body.length, more), body);
    }

    /// An inference of a tensor of UINT8, whose answer is as `output` says, or JSON.
    static byte[] inference(String model, byte[] tensor, String output) {
        byte[] header =
                ascii(
                        """
                        {"inputs":[{"name":"INPUT0","shape":[%d],"datatype":"UINT8",\
                        "parameters":{"binary_data_size":%d}}],"outputs":[{"name":"OUTPUT0",\
                        "parameters":{%s}}]}\
                        """
                                .formatted(tensor.length, tensor.length, output));
        return post(
                "/v2/models/%s/infer".formatted(model),
                joined(header, tensor),
                "Inference-Header-Content-Length: %d\r\n".formatted(header.length));
    }

    // --- HTTP/2

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /// What a client begins with.
    ///
    /// @param window how much of an answer it takes at first
    static byte[] preface(int window) {
        byte[] setting = ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array();
        return joined(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(SETTINGS, 0, 0, setting));
    }

    /// The headers of a call of `ModelInfer`.
    static byte[] call(int stream, String... more) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        String[] fields = {
            ":method",
            "POST",
            ":scheme",
            "http",
            ":authority",
            "chaos",
            ":path",
            "/inference.GRPCInferenceService/ModelInfer",
            "content-type",
            "application/grpc",
            "te",
            "trailers"
        };
        field(block, fields);
        field(block, more);
        return frame(HEADERS, END_HEADERS, stream, block.toByteArray());
    }

    private static void field(ByteArrayOutputStream block, String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            block.write(namesAndValues[i].length());
            block.writeBytes(ascii(namesAndValues[i]));
        }
    }

    static byte[] data(int stream, byte[] payload, int flags) {
        return frame(DATA, flags, stream, payload);
    }

    static byte[] reset(int stream) {
        return frame(RST_STREAM, 0, stream, CANCEL);
    }

    /// A call with its message.
    static byte[] whole(int stream, byte[] message, boolean packed, String... more) {
        byte[] prefixed =
                ByteBuffer.allocate(PREFIX + message.length)
                        .put((byte) (packed ? 1 : 0))
                        .putInt(message.length)
                        .put(message)
                        .array();
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frames.writeBytes(call(stream, more));
        for (int at = 0; at < prefixed.length; at += LARGEST_FRAME) {
            int end = Math.min(prefixed.length, at + LARGEST_FRAME);
            frames.writeBytes(
                    data(
                            stream,
                            Arrays.copyOfRange(prefixed, at, end),
                            end == prefixed.length ? END_STREAM : 0));
        }
        return frames.toByteArray();
    }
}
