package dev.espalier.server.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A client's end of one connection: sends any bytes, and reads answers one by one.
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /// An answer; the names of its headers are in lower case.
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /// The JSON before the tensors.
        String json() {
            String length = header("inference-header-content-length");
            return length.isEmpty() ? text() : text().substring(0, Integer.parseInt(length));
        }

        /// The tensors behind the JSON.
        byte[] tensors() {
            int json = Integer.parseInt(header("inference-header-content-length"));
            return java.util.Arrays.copyOfRange(body, json, body.length);
        }
    }

    RawClient(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    RawClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Asks for a path, without a body.
    RawClient get(String path) throws IOException {
        return send("GET %s HTTP/1.1\r\nHost: test\r\n\r\n".formatted(path));
    }

    /// Posts a body, with whole header lines before it.
    RawClient post(String path, byte[] body, String... headers) throws IOException {
        return send(request(path, body, headers));
    }

    static byte[] request(String path, byte[] body, String... headers) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: test\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /// Posts an inference request that is all JSON, and reads its answer.
    Answer infer(String model, String json) throws IOException {
        return post("/v2/models/" + model + "/infer", json.getBytes(StandardCharsets.UTF_8)).read();
    }

    /// Posts an inference request with bytes behind its JSON, and reads its answer.
    Answer infer(String model, String json, byte[] tensors) throws IOException {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return post(
                        "/v2/models/" + model + "/infer",
                        joined(text, tensors),
                        "Inference-Header-Content-Length: " + text.length)
                .read();
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /// Whether something has come that was not read yet.
    boolean hasAnswer() {
        try {
            return in.available() > 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The next answer.
    Answer read() throws IOException {
        Answer head = readHead();
        String length = head.header("content-length");
        byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        return new Answer(head.status(), head.headers(), body);
    }

    /// The next answer, whose body comes in chunks.
    Answer readChunked() throws IOException {
        Answer head = readHead();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size;
        while ((size = Integer.parseInt(line(), 16)) > 0) {
            body.writeBytes(in.readNBytes(size));
            line();
        }
        line();
        return new Answer(head.status(), head.headers(), body.toByteArray());
    }

    /// What comes until the server ends the connection.
    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    /// The next answer, one without a body whatever its headers say.
    Answer readHead() throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        Map<String, String> headers = new TreeMap<>();
        String line;
        while (!(line = line()).isEmpty()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Answer(status, headers, new byte[0]);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < 2 || line.charAt(line.length() - 1) != '\n') {
            int c = in.read();
            if (c < 0) {
                throw new EOFException("the connection ended after '" + line + "'");
            }
            line.append((char) c);
        }
        return line.substring(0, line.length() - 2);
    }

    /// Whether the server ends the connection; waits for it.
    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    /// Ends the connection with a reset, as a client that is killed does.
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
