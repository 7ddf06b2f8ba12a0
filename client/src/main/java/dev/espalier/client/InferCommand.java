package dev.espalier.client;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// `espalier infer`: reads the model's metadata, converts the inputs, asks, prints the answer.
record InferCommand(Server server, PrintStream out) {
    void run(Arguments arguments) throws ClientException {
        if (arguments.operands().size() != 1) {
            throw new ClientException(
                    "infer takes one model, got "
                            + arguments.operands()
                            + " (expected: espalier infer <model> --input '[[1,2,3]]')");
        }
        String model = arguments.operands().getFirst();
        String version = arguments.last("version");
        if (!version.matches("\\d*")) {
            throw new ClientException("--version: '" + version + "' (expected: a whole number)");
        }
        String path = Server.modelPath(model, version);
        Json metadata = server.getJson(path);
        List<TensorData> inputs =
                new Inputs(model, metadata.field("inputs").list()).read(arguments.all("input"));
        long start = System.nanoTime();
        InferMessage.Outcome outcome =
                InferMessage.exchange(server, path, inputs, arguments.all("output"));
        double millis = (System.nanoTime() - start) / 1e6;
        if (arguments.has("json")) {
            out.println(json(outcome));
        } else {
            print(outcome, millis);
        }
    }

    private void print(InferMessage.Outcome outcome, double millis) throws ClientException {
        out.println(
                "%s version %s answered in %.1f ms"
                        .formatted(outcome.model(), outcome.version(), millis));
        Table table = new Table("OUTPUT", "TYPE", "SHAPE", "VALUES");
        for (TensorData output : outcome.outputs()) {
            List<String> rows = new TensorText(output).rows();
            table.row(output.name(), output.type().name(), output.shapeText(), rows.getFirst());
            for (String row : rows.subList(1, rows.size())) {
                table.row("", "", "", row);
            }
        }
        out.print(table);
    }

    private static String json(InferMessage.Outcome outcome) throws ClientException {
        List<String> outputs = new ArrayList<>();
        for (TensorData output : outcome.outputs()) {
            outputs.add(
                    "{\"name\":%s,\"datatype\":\"%s\",\"shape\":%s,\"data\":[%s]}"
                            .formatted(
                                    TensorData.quoted(output.name()),
                                    output.type(),
                                    output.shapeText(),
                                    String.join(",", output.elements())));
        }
        return "{\"model_name\":%s,\"model_version\":%s,\"outputs\":[%s]}"
                .formatted(
                        TensorData.quoted(outcome.model()),
                        TensorData.quoted(outcome.version()),
                        String.join(",", outputs));
    }
}
