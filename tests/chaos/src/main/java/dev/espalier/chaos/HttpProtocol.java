package dev.espalier.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;

/// Asks over HTTP: one request in two with its tensors in JSON, the other with binary ones.
final class HttpProtocol implements Protocol {
    private static final String HEADER_LENGTH = "Inference-Header-Content-Length";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;

    HttpProtocol(int port) {
        server = URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public CompletableFuture<Answer> ask(Ask ask) {
        return client.sendAsync(request(ask), BodyHandlers.ofByteArray())
                .handle((response, failure) ->
                        failure == null ? answer(response) : new Answer.Broken(failure.toString()));
    }

    /// What the server says at a path, as JSON.
    Json get(String path) throws IOException {
        try {
            HttpRequest request = HttpRequest.newBuilder(server.resolve(path)).build();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(path + " gave " + response.statusCode());
            }
            return Json.parse(response.body());
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IOException(failure);
        }
    }

    private HttpRequest request(Ask ask) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                        server.resolve("/v2/models/" + ask.model().label() + "/infer"));
        if (ask.number() % 4 < 2) {
            return request.POST(BodyPublishers.ofString(header(ask, data(ask.elements()), "")))
                    .build();
        }
        byte[] tensor = Floats.bytes(ask.elements());
        String size = "\"parameters\":{\"binary_data_size\":%d}".formatted(tensor.length);
        String outputs = ",\"outputs\":[{\"name\":\"Z\",\"parameters\":{\"binary_data\":true}}]";
        byte[] header = header(ask, size, outputs).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(header);
        body.writeBytes(tensor);
        return request.header(HEADER_LENGTH, Integer.toString(header.length))
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
    }

    private static String header(Ask ask, String data, String outputs) {
        StringJoiner shape = new StringJoiner(",");
        for (long dimension : ask.shape()) {
            shape.add(Long.toString(dimension));
        }
        return """
        {"id":"%d","inputs":[{"name":"X","datatype":"FP32","shape":[%s],%s}]%s}\
        """
                .formatted(ask.number(), shape, data, outputs);
    }

    private static String data(float[] elements) {
        StringJoiner data = new StringJoiner(",", "\"data\":[", "]");
        for (float element : elements) {
            data.add(Float.toString(element));
        }
        return data.toString();
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        byte[] body = response.body();
        try {
            int header =
                    (int) response.headers().firstValueAsLong(HEADER_LENGTH).orElse(body.length);
            Json json = Json.parse(new String(body, 0, header, StandardCharsets.UTF_8));
            if (response.statusCode() != 200) {
                return new Answer.Refused(response.statusCode() == 503, json.at("error").text());
            }
            float[] values =
                    header == body.length
                            ? data(json)
                            : Floats.of(
                                    ByteBuffer.wrap(body, header, body.length - header)
                                            .slice()
                                            .order(ByteOrder.LITTLE_ENDIAN));
            return new Answer.Values(json.at("id").text(), values);
        } catch (IOException | RuntimeException failure) {
            return new Answer.Broken(response.statusCode() + ": " + failure);
        }
    }

    private static float[] data(Json json) {
        List<Json> data = json.at("outputs").list().getFirst().at("data").list();
        float[] values = new float[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.get(i).number().floatValue();
        }
        return values;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
