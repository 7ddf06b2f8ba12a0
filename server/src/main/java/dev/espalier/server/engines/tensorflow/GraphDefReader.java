package dev.espalier.server.engines.tensorflow;

import static dev.espalier.server.formats.WireReader.BYTES;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.WireReader;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads the ops of a TensorFlow graph (`graph.proto` and `function.proto` of
/// https://github.com/tensorflow/tensorflow), passing over the weights. The numbers in the code are the
/// format's field numbers.
final class GraphDefReader {
    private final WireReader in;
    private final Set<String> ops = new HashSet<>();
    private final Set<String> functions = new HashSet<>();

    GraphDefReader(WireReader in) {
        this.in = in;
    }

    /// @throws FormatException when the file is not a GraphDef; the message says what stands where
    static TensorFlowModel read(Path file) throws IOException, FormatException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel);
        }
    }

    static TensorFlowModel read(SeekableByteChannel channel) throws IOException, FormatException {
        WireReader in = new WireReader(channel);
        GraphDefReader reader = new GraphDefReader(in);
        reader.graph(in.size());
        if (reader.ops.isEmpty()) {
            throw in.broken("no graph");
        }
        return reader.model(List.of(), List.of());
    }

    /// What has been read, with these tensors.
    TensorFlowModel model(
            List<ModelDescription.Tensor> inputs, List<ModelDescription.Tensor> outputs) {
        return new TensorFlowModel(inputs, outputs, ops, functions);
    }

    /// Reads the graph that ends at `end`.
    void graph(long end) throws IOException, FormatException {
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                node(in.enter(end));
            } else if (in.is(2, BYTES)) {
                library(in.enter(end));
            } else {
                in.skip(end);
            }
        }
    }

    private void node(long end) throws IOException, FormatException {
        while (in.next(end)) {
            if (in.is(2, BYTES)) {
                add(ops, in.text(end));
            } else {
                in.skip(end);
            }
        }
    }

    private void add(Set<String> names, String name) throws FormatException {
        if (names.add(name)) {
            in.kept(name);
        }
    }

    private void library(long end) throws IOException, FormatException {
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                function(in.enter(end));
            } else {
                in.skip(end);
            }
        }
    }

    private void function(long end) throws IOException, FormatException {
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                add(functions, name(in.enter(end)));
            } else if (in.is(3, BYTES)) {
                node(in.enter(end));
            } else {
                in.skip(end);
            }
        }
    }

    private String name(long end) throws IOException, FormatException {
        String name = "";
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                name = in.text(end);
            } else {
                in.skip(end);
            }
        }
        return name;
    }
}
