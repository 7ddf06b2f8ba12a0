package dev.espalier.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// An HTTP server in this JVM that gives recorded v2 answers and keeps what it was asked, with a
/// client to run against it.
final class FakeServer implements AutoCloseable {
    /// What the server was sent.
    record Received(String authorization, int headerLength, byte[] body) {
        String header() {
            return new String(body, 0, headerLength, StandardCharsets.UTF_8);
        }

        byte[] binary() {
            return Arrays.copyOfRange(body, headerLength, body.length);
        }
    }

    /// What the client printed.
    record Printed(int status, String out, String err) {}

    private record Reply(int status, int headerLength, byte[] body) {}

    private final HttpServer server;
    private final Map<String, Reply> replies = new HashMap<>();
    private final Map<String, Received> received = new HashMap<>();

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    FakeServer reply(String path, String body) {
        return reply(path, 200, body);
    }

    FakeServer reply(String path, int status, String body) {
        replies.put(path, new Reply(status, -1, body.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    /// Replies with JSON and tensors behind it.
    FakeServer reply(String path, String header, byte[] binary) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        int length = body.size();
        body.writeBytes(binary);
        replies.put(path, new Reply(200, length, body.toByteArray()));
        return this;
    }

    Received received(String path) {
        Received asked = received.get(path);
        if (asked == null) {
            throw new AssertionError("never asked for " + path + ", but for " + received.keySet());
        }
        return asked;
    }

    /// Runs the client against this server.
    Printed run(String... arguments) {
        return run(Map.of("ESPALIER_URL", url()), arguments);
    }

    static Printed run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status =
                Main.run(
                        arguments,
                        environment,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Printed(
                status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String length = exchange.getRequestHeaders().getFirst(Server.HEADER_LENGTH);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        byte[] body = exchange.getRequestBody().readAllBytes();
        received.put(
                path,
                new Received(
                        authorization == null ? "" : authorization,
                        length == null ? -1 : Integer.parseInt(length),
                        body));
        Reply reply =
                replies.getOrDefault(
                        path,
                        new Reply(
                                404,
                                -1,
                                "{\"error\":\"Not Found\"}".getBytes(StandardCharsets.UTF_8)));
        if (reply.headerLength() >= 0) {
            exchange.getResponseHeaders()
                    .set(Server.HEADER_LENGTH, Integer.toString(reply.headerLength()));
        }
        int size = reply.body().length;
        exchange.sendResponseHeaders(reply.status(), size == 0 ? -1 : size);
        exchange.getResponseBody().write(reply.body());
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
