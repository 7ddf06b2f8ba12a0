package dev.espalier.client;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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
        double[] millis = new double[repetitions(arguments)];
        InferMessage.Outcome outcome = ask(path, inputs, arguments, millis);
        if (arguments.has("json")) {
            out.println(json(outcome));
        } else {
            print(outcome, millis);
        }
    }

    private static int repetitions(Arguments arguments) throws ClientException {
        String text = arguments.last("repeat");
        if (!text.matches("|[1-9]\\d{0,6}")) {
            throw new ClientException("--repeat: '" + text + "' (expected: 1..9999999)");
        }
        return text.isEmpty() ? 1 : Integer.parseInt(text);
    }

    /// Asks as often as there is room for times in `millis`, and returns the last answer.
    private InferMessage.Outcome ask(
            String path, List<TensorData> inputs, Arguments arguments, double[] millis)
            throws ClientException {
        InferMessage.Outcome outcome = null;
        for (int i = 0; i < millis.length; i++) {
            long start = System.nanoTime();
            outcome = InferMessage.exchange(server, path, inputs, arguments.all("output"));
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        return Objects.requireNonNull(outcome);
    }

    private void print(InferMessage.Outcome outcome, double[] millis) throws ClientException {
        Arrays.sort(millis);
        String repeated = millis.length == 1 ? "" : " (median of " + millis.length + ")";
        out.println(
                "%s version %s answered in %.1f ms%s"
                        .formatted(
                                outcome.model(),
                                outcome.version(),
                                millis[millis.length / 2],
                                repeated));
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
