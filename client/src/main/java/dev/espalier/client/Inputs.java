package dev.espalier.client;

import dev.espalier.tensor.DataType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The values of `--input`, matched with the inputs that the model's metadata names.
record Inputs(String model, List<Json> declared) {
    // A name in front of '=', unless the value is JSON that happens to hold one.
    private static final Pattern NAMED = Pattern.compile("([^\\[{\"@=]+)=(.*)", Pattern.DOTALL);

    Inputs {
        declared = List.copyOf(declared);
    }

    List<TensorData> read(List<String> given) throws ClientException {
        Map<String, String> byName = new LinkedHashMap<>();
        for (String value : given) {
            Matcher named = NAMED.matcher(value);
            String name = named.matches() ? named.group(1) : onlyName(value);
            if (byName.put(name, named.matches() ? named.group(2) : value) != null) {
                throw new ClientException("input '" + name + "' is given twice");
            }
        }
        if (byName.isEmpty()) {
            throw new ClientException(
                    "no input given for model '" + model + "' (expected: " + expectation() + ")");
        }
        List<TensorData> tensors = new ArrayList<>();
        for (Map.Entry<String, String> entry : byName.entrySet()) {
            tensors.add(tensor(entry.getKey(), entry.getValue()));
        }
        return tensors;
    }

    private String onlyName(String value) throws ClientException {
        if (declared.size() == 1) {
            return declared.getFirst().field("name").plain();
        }
        throw new ClientException(
                "--input '%s': model '%s' has %d inputs (expected: %s)"
                        .formatted(value, model, declared.size(), expectation()));
    }

    private TensorData tensor(String name, String value) throws ClientException {
        DataType type = InferMessage.type(name, datatype(name));
        if (!value.startsWith("@")) {
            return JsonTensor.read(name, type, Json.parse(value));
        }
        TensorData tensor = new NpyFile(Path.of(value.substring(1))).read(name);
        // NumPy has no bfloat16; its bytes travel as 16-bit numbers.
        if (type == DataType.BF16 && tensor.type() == DataType.UINT16) {
            return new TensorData(name, type, tensor.shape(), tensor.bytes());
        }
        if (tensor.type() != type) {
            throw new ClientException(
                    "%s holds %s, but input '%s' of model '%s' takes %s; convert it with astype()"
                            .formatted(value.substring(1), tensor.type(), name, model, type));
        }
        return tensor;
    }

    private String datatype(String name) throws ClientException {
        for (Json input : declared) {
            if (input.field("name").plain().equals(name)) {
                return input.field("datatype").plain();
            }
        }
        throw new ClientException(
                "model '%s' has no input '%s' (expected: %s)"
                        .formatted(model, name, expectation()));
    }

    /// How to give each input, such as `--input X=<FP32 [-1,3]>`.
    private String expectation() {
        List<String> each = new ArrayList<>();
        for (Json input : declared) {
            List<String> shape = input.field("shape").list().stream().map(Json::plain).toList();
            each.add(
                    "--input %s=<%s [%s]>"
                            .formatted(
                                    input.field("name").plain(),
                                    input.field("datatype").plain(),
                                    String.join(",", shape)));
        }
        return String.join(" ", each);
    }
}
