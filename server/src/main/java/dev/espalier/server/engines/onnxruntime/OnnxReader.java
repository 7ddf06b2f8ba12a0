package dev.espalier.server.engines.onnxruntime;

import static dev.espalier.server.formats.WireReader.BYTES;
import static dev.espalier.server.formats.WireReader.VARINT;

import dev.espalier.server.engines.onnxruntime.OnnxModel.Op;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.ModelDescription.Tensor;
import dev.espalier.server.formats.WireReader;
import dev.espalier.tensor.DataType;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads signature and operators of an ONNX file (https://github.com/onnx/onnx, `onnx.proto`), passing over
/// the weights. The numbers in the code are the format's field numbers.
public final class OnnxReader {
    /// Graphs within graphs. Real models have two or three.
    private static final int DEEPEST = 64;

    private static final int MOST_TENSORS = 1 << 12;

    private final WireReader in;
    private final Map<String, Long> opsets = new HashMap<>();
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private final Set<String> initializers = new HashSet<>();
    private final Set<Op> ops = new HashSet<>();
    private final Set<Op> functions = new HashSet<>();
    private boolean hasGraph;

    private OnnxReader(WireReader in) {
        this.in = in;
    }

    /// @throws FormatException when the file is not an ONNX model; the message says what stands where
    public static OnnxModel read(Path file) throws IOException, FormatException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel);
        }
    }

    static OnnxModel read(SeekableByteChannel channel) throws IOException, FormatException {
        return new OnnxReader(new WireReader(channel)).model();
    }

    private OnnxModel model() throws IOException, FormatException {
        long end = in.size();
        while (in.next(end)) {
            if (in.is(7, BYTES)) {
                hasGraph = true;
                graph(in.enter(end), 0);
            } else if (in.is(8, BYTES)) {
                opset(in.enter(end));
            } else if (in.is(25, BYTES)) {
                function(in.enter(end));
            } else {
                in.skip(end);
            }
        }
        if (!hasGraph) {
            throw in.broken("no graph");
        }
        // A weight that is also listed as an input has a default, and nobody needs to give it.
        inputs.removeIf(input -> initializers.contains(input.name()));
        return new OnnxModel(opsets, inputs, outputs, ops, functions);
    }

    private void opset(long end) throws IOException, FormatException {
        String domain = "";
        long version = 0;
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                domain = in.text(end);
            } else if (in.is(2, VARINT)) {
                version = in.varint();
            } else {
                in.skip(end);
            }
        }
        in.kept(domain);
        opsets.put(standard(domain), version);
    }

    private static String standard(String domain) {
        return domain.equals("ai.onnx") ? "" : domain;
    }

    private void function(long end) throws IOException, FormatException {
        String name = "";
        String domain = "";
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                name = in.text(end);
            } else if (in.is(7, BYTES)) {
                node(in.enter(end), 1);
            } else if (in.is(10, BYTES)) {
                domain = in.text(end);
            } else {
                in.skip(end);
            }
        }
        add(functions, new Op(standard(domain), name));
    }

    private void graph(long end, int depth) throws IOException, FormatException {
        if (depth > DEEPEST) {
            throw in.broken("more than %d graphs within each other".formatted(DEEPEST));
        }
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                node(in.enter(end), depth);
            } else if (depth == 0 && in.is(5, BYTES)) {
                initializer(in.enter(end));
            } else if (depth == 0 && in.is(11, BYTES)) {
                add(inputs, tensor(in.enter(end)));
            } else if (depth == 0 && in.is(12, BYTES)) {
                add(outputs, tensor(in.enter(end)));
            } else {
                in.skip(end);
            }
        }
    }

    private void add(List<Tensor> tensors, Tensor tensor) throws FormatException {
        if (tensors.size() == MOST_TENSORS) {
            throw in.broken("more than %d inputs or outputs".formatted(MOST_TENSORS));
        }
        in.kept(tensor.name());
        tensors.add(tensor);
    }

    private void node(long end, int depth) throws IOException, FormatException {
        String type = "";
        String domain = "";
        while (in.next(end)) {
            if (in.is(4, BYTES)) {
                type = in.text(end);
            } else if (in.is(5, BYTES)) {
                attribute(in.enter(end), depth);
            } else if (in.is(7, BYTES)) {
                domain = in.text(end);
            } else {
                in.skip(end);
            }
        }
        add(ops, new Op(standard(domain), type));
    }

    private void add(Set<Op> kinds, Op op) throws FormatException {
        if (kinds.add(op)) {
            in.kept(op.domain() + op.type());
        }
    }

    private void attribute(long end, int depth) throws IOException, FormatException {
        while (in.next(end)) {
            if (in.is(6, BYTES) || in.is(11, BYTES)) {
                graph(in.enter(end), depth + 1);
            } else {
                in.skip(end);
            }
        }
    }

    private void initializer(long end) throws IOException, FormatException {
        while (in.next(end)) {
            if (in.is(8, BYTES)) {
                String name = in.text(end);
                in.kept(name);
                initializers.add(name);
            } else {
                in.skip(end);
            }
        }
    }

    private Tensor tensor(long end) throws IOException, FormatException {
        String name = "";
        Tensor described = new Tensor("", elementType(0), null, null);
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                name = in.text(end);
            } else if (in.is(2, BYTES)) {
                described = type(in.enter(end));
            } else {
                in.skip(end);
            }
        }
        return new Tensor(name, described.elementType(), described.type(), described.dimensions());
    }

    private Tensor type(long end) throws IOException, FormatException {
        int elementType = 0;
        List<Long> dimensions = null;
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                long tensorEnd = in.enter(end);
                while (in.next(tensorEnd)) {
                    if (in.is(1, VARINT)) {
                        elementType = (int) in.varint();
                    } else if (in.is(2, BYTES)) {
                        dimensions = shape(in.enter(tensorEnd));
                    } else {
                        in.skip(tensorEnd);
                    }
                }
            } else {
                in.skip(end);
            }
        }
        return new Tensor("", elementType(elementType), dataType(elementType), dimensions);
    }

    private List<Long> shape(long end) throws IOException, FormatException {
        List<Long> dimensions = new ArrayList<>();
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                in.kept("");
                dimensions.add(dimension(in.enter(end)));
            } else {
                in.skip(end);
            }
        }
        return dimensions;
    }

    private long dimension(long end) throws IOException, FormatException {
        long size = -1;
        while (in.next(end)) {
            if (in.is(1, VARINT)) {
                size = in.varint();
            } else {
                in.skip(end);
            }
        }
        return size < 0 ? -1 : size;
    }

    private static String elementType(int number) {
        return number == 0 ? "no tensor type" : "ONNX element type " + number;
    }

    private static @Nullable DataType dataType(int elementType) {
        return switch (elementType) {
            case 1 -> DataType.FP32;
            case 2 -> DataType.UINT8;
            case 3 -> DataType.INT8;
            case 4 -> DataType.UINT16;
            case 5 -> DataType.INT16;
            case 6 -> DataType.INT32;
            case 7 -> DataType.INT64;
            case 8 -> DataType.BYTES;
            case 9 -> DataType.BOOL;
            case 10 -> DataType.FP16;
            case 11 -> DataType.FP64;
            case 12 -> DataType.UINT32;
            case 13 -> DataType.UINT64;
            case 16 -> DataType.BF16;
            default -> null;
        };
    }
}
