package dev.espalier.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/// A server that speaks the v2 protocol over HTTP. Uses the JDK's old HTTP client, which starts in a
/// fraction of the new one's time.
///
/// @param url without a slash at the end
/// @param token the bearer token; empty for none
record Server(String url, String token) {
    static final String HEADER_LENGTH = "Inference-Header-Content-Length";
    private static final int CONNECT_MILLIS = 5_000;

    /// An answer of any status.
    ///
    /// @param headerLength bytes of JSON before the binary part, or -1 where there is none
    record Answer(int status, int headerLength, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    static Server at(Arguments arguments) {
        return new Server(arguments.url(), arguments.token());
    }

    /// Asks, and takes any status for an answer.
    Answer get(String path) throws ClientException {
        return exchange("GET", path, new byte[0], -1);
    }

    /// Asks, and gives the JSON of a good answer.
    Json getJson(String path) throws ClientException {
        return Json.parse(checked(get(path)).text());
    }

    /// Sends JSON, and gives the JSON of a good answer.
    Json postJson(String path, String body) throws ClientException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return Json.parse(checked(exchange("POST", path, bytes, -1)).text());
    }

    /// Sends JSON with binary tensors behind it.
    ///
    /// @param headerLength bytes of JSON at the body's begin
    Answer postBinary(String path, byte[] body, int headerLength) throws ClientException {
        return checked(exchange("POST", path, body, headerLength));
    }

    /// The path of a model, or of one version where one is given.
    static String modelPath(String model, String version) {
        String name = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
        return "/v2/models/" + name + (version.isEmpty() ? "" : "/versions/" + version);
    }

    private Answer exchange(String verb, String path, byte[] body, int headerLength)
            throws ClientException {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url + path).toURL().openConnection();
            connection.setRequestMethod(verb);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            if (!token.isEmpty()) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            if (headerLength >= 0) {
                connection.setRequestProperty(HEADER_LENGTH, Integer.toString(headerLength));
                connection.setRequestProperty("Content-Type", "application/octet-stream");
            } else if (verb.equals("POST")) {
                connection.setRequestProperty("Content-Type", "application/json");
            }
            if (verb.equals("POST")) {
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(body.length);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            return read(connection);
        } catch (ConnectException e) {
            throw new ClientException(
                    "no server answers at "
                            + url
                            + " ("
                            + e.getMessage()
                            + "); start one with: trtserver --model-repository=<folder>, or say"
                            + " where it is with --url");
        } catch (UnknownHostException e) {
            throw new ClientException("--url: '" + url + "': unknown host " + e.getMessage());
        } catch (IllegalArgumentException | ClassCastException | MalformedURLException e) {
            throw new ClientException(
                    "--url: '" + url + "' (expected: http://<host>:<port> or https://...)");
        } catch (IOException e) {
            throw new ClientException("the exchange with " + url + " broke off: " + e.getMessage());
        }
    }

    private static Answer read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        byte[] body;
        try (InputStream in =
                status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            // Null where an error has no body.
            body = in == null ? new byte[0] : in.readAllBytes();
        }
        return new Answer(status, connection.getHeaderFieldInt(HEADER_LENGTH, -1), body);
    }

    private Answer checked(Answer answer) throws ClientException {
        if (answer.status() == 200) {
            return answer;
        }
        String reason = answer.text();
        if (Json.parseOrNull(reason) instanceof Json.Fields(var fields)
                && fields.get("error") instanceof Json.Text(String text)) {
            reason = text;
        }
        throw new ClientException(
                reason.isBlank() ? "the server answered with status " + answer.status() : reason);
    }
}
