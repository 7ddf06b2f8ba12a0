package dev.espalier.client;

import dev.espalier.tensor.DataType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An inference request and its answer on the wire: JSON first, the tensors binary behind it.
final class InferMessage {
    private InferMessage() {}

    /// What the server answered.
    record Outcome(String model, String version, List<TensorData> outputs) {
        Outcome {
            outputs = List.copyOf(outputs);
        }
    }

    /// Sends a request and reads the answer.
    ///
    /// @param path the model's path
    /// @param outputs the outputs wanted; none for all
    static Outcome exchange(
            Server server, String path, List<TensorData> inputs, List<String> outputs)
            throws ClientException {
        byte[] header = header(inputs, outputs).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(header);
        inputs.forEach(input -> body.writeBytes(input.bytes()));
        return read(server.postBinary(path + "/infer", body.toByteArray(), header.length));
    }

    private static String header(List<TensorData> inputs, List<String> outputs) {
        StringBuilder json = new StringBuilder("{\"inputs\":[");
        for (TensorData input : inputs) {
            json.append(json.charAt(json.length() - 1) == '[' ? "" : ",")
                    .append("{\"name\":")
                    .append(TensorData.quoted(input.name()))
                    .append(",\"shape\":")
                    .append(input.shapeText())
                    .append(",\"datatype\":\"")
                    .append(input.type())
                    .append("\",\"parameters\":{\"binary_data_size\":")
                    .append(input.bytes().length)
                    .append("}}");
        }
        json.append(']');
        if (outputs.isEmpty()) {
            json.append(",\"parameters\":{\"binary_data_output\":true}");
        } else {
            json.append(",\"outputs\":[");
            for (String output : outputs) {
                json.append(json.charAt(json.length() - 1) == '[' ? "" : ",")
                        .append("{\"name\":")
                        .append(TensorData.quoted(output))
                        .append(",\"parameters\":{\"binary_data\":true}}");
            }
            json.append(']');
        }
        return json.append('}').toString();
    }

    private static Outcome read(Server.Answer answer) throws ClientException {
        byte[] body = answer.body();
        int length = answer.headerLength() < 0 ? body.length : answer.headerLength();
        if (length > body.length) {
            throw new ClientException(
                    "the answer is cut off: %d bytes of header announced, %d came"
                            .formatted(length, body.length));
        }
        Json header = Json.parse(new String(body, 0, length, StandardCharsets.UTF_8));
        List<TensorData> outputs = new ArrayList<>();
        int at = length;
        for (Json output : header.field("outputs").list()) {
            String name = output.field("name").plain();
            DataType type = type(name, output.field("datatype").plain());
            List<Long> shape = new ArrayList<>();
            for (Json dimension : output.field("shape").list()) {
                shape.add(number(name, dimension));
            }
            Json size = output.field("parameters").field("binary_data_size");
            if (size instanceof Json.Nothing) {
                byte[] bytes = JsonTensor.read(name, type, flat(output.field("data"))).bytes();
                outputs.add(new TensorData(name, type, shape, bytes));
                continue;
            }
            long end = at + number(name, size);
            if (end < at || end > body.length) {
                throw new ClientException(
                        "the answer is cut off within output '%s': %d bytes of %d"
                                .formatted(name, body.length - at, end - at));
            }
            outputs.add(new TensorData(name, type, shape, Arrays.copyOfRange(body, at, (int) end)));
            at = (int) end;
        }
        return new Outcome(
                header.field("model_name").plain(), header.field("model_version").plain(), outputs);
    }

    static DataType type(String tensor, String name) throws ClientException {
        return DataType.ofName(name)
                .orElseThrow(() ->
                        new ClientException(
                                "'%s' has the data type '%s', which this client does not know"
                                        .formatted(tensor, name)));
    }

    static long number(String tensor, Json value) throws ClientException {
        try {
            return Long.parseLong(value.plain());
        } catch (NumberFormatException e) {
            throw new ClientException(
                    "'%s': the server gave '%s' where a number belongs"
                            .formatted(tensor, value.plain()));
        }
    }

    /// The array with its inner arrays dissolved: servers may nest or not.
    private static Json flat(Json value) {
        List<Json> flat = new ArrayList<>();
        flatten(value, flat);
        return new Json.Items(flat);
    }

    private static void flatten(Json value, List<Json> into) {
        if (value instanceof Json.Items(var items)) {
            items.forEach(item -> flatten(item, into));
        } else {
            into.add(value);
        }
    }
}
