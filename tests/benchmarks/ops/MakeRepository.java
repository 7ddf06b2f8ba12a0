import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes a repository of 1,000 models with custom ops: `MakeRepository TREE FOLDER`. There are 60 graphs of
/// different shapes and sizes, some with subgraphs, and 100 libraries with different hashes: builds of the
/// tests' op libraries, told apart by a few bytes behind their end, which no loader reads. Three of four
/// models have their library in their own folder; the others name one of the shelf.
final class MakeRepository {
    private static final int MODELS = 1_000;
    private static final int GRAPHS = 60;
    private static final int LIBRARIES = 100;

    /// Libraries of the tests, and the op in each.
    private static final List<String[]> OPS =
            List.of(
                    new String[] {"scale_by_2", "espalier.example", "Scale"},
                    new String[] {"scale_by_10", "espalier.example", "Scale"},
                    new String[] {"twice", "test.shared", "Twice"},
                    new String[] {"thrice", "test.shared", "Thrice"});

    private MakeRepository() {}

    public static void main(String[] arguments) throws Exception {
        Path built = Path.of(arguments[0]).resolve("tests/ops/x86-64");
        Path repository = Path.of(arguments[1]);
        for (int model = 0; model < MODELS; model++) {
            int library = model % LIBRARIES;
            String[] op = OPS.get(library % OPS.size());
            byte[] content = library(built, op[0], library);
            String name = "lib%s_%d.so".formatted(op[0], library);
            Path folder = repository.resolve("model_%04d".formatted(model));
            Files.createDirectories(folder.resolve("1"));
            Files.write(folder.resolve("1/model.onnx"), graph(model % GRAPHS, op[1], op[2]));
            String config = "backend: \"onnxruntime\"\n";
            if (model % 4 == 3) {
                String build = "%s/%d.0".formatted(op[0], library);
                Path shelved = repository.resolve(".ops").resolve(build);
                Files.createDirectories(shelved);
                Files.write(shelved.resolve(name), content);
                config += "model_operations { op_library_filename: \"%s\" }\n".formatted(build);
            } else {
                Files.createDirectories(folder.resolve("ops"));
                Files.write(folder.resolve("ops").resolve(name), content);
            }
            Files.writeString(folder.resolve("config.pbtxt"), config);
        }
    }

    private static byte[] library(Path built, String name, int number) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(Files.readAllBytes(built.resolve("lib" + name + ".so")));
        bytes.writeBytes("build %d".formatted(number).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    /// A chain of `number + 1` standard operators and a custom one, with weights of growing size; every
    /// third graph has the custom op in a subgraph too.
    private static byte[] graph(int number, String domain, String op) {
        Message graph = new Message();
        String value = "x";
        for (int node = 0; node <= number; node++) {
            graph.message(1, node("Relu", "", value, "v" + node));
            value = "v" + node;
        }
        graph.message(1, node(op, domain, value, "y"));
        if (number % 3 == 0) {
            Message inner =
                    new Message().message(1, node(op, domain, "y", "z")).text(2, "inner");
            graph.message(
                    1,
                    node("If", "", "y", "w")
                            .message(
                                    5,
                                    new Message()
                                            .text(1, "then_branch")
                                            .message(6, inner)
                                            .number(20, 5)));
        }
        graph.text(2, "graph " + number);
        graph.message(5, new Message().text(8, "weights").bytes(9, new byte[1 << 6 + number % 10]));
        graph.message(11, tensor("x")).message(12, tensor("y"));
        return new Message()
                .number(1, 8)
                .message(8, new Message().text(1, "").number(2, 17))
                .message(8, new Message().text(1, domain).number(2, 1))
                .message(7, graph)
                .content();
    }

    private static Message node(String op, String domain, String input, String output) {
        return new Message().text(1, input).text(2, output).text(4, op).text(7, domain);
    }

    /// FP32 with dimensions [batch, 4].
    private static Message tensor(String name) {
        Message shape =
                new Message()
                        .message(1, new Message().text(2, "batch"))
                        .message(1, new Message().number(1, 4));
        Message type = new Message().number(1, 1).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, type));
    }

    /// A message in protobuf's wire format, field by field.
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.content());
        }

        byte[] content() {
            return bytes.toByteArray();
        }

        private void varint(long value) {
            long left = value;
            while (left > 0x7f) {
                bytes.write((int) (left & 0x7f | 0x80));
                left >>>= 7;
            }
            bytes.write((int) left);
        }
    }
}
