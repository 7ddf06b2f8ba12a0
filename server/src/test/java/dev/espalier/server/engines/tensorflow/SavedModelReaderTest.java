package dev.espalier.server.engines.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import dev.espalier.server.formats.ModelDescription.Tensor;
import dev.espalier.server.formats.WireMessage;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The numbers are those of the fields in TensorFlow's own definitions.
@Timeout(60)
final class SavedModelReaderTest {
    private static final Path MODELS =
            Path.of(System.getProperty("espalier.root", ".."), "tests/models/tensorflow");

    /// A graph with one node, and a function that it calls.
    private static WireMessage graph() {
        WireMessage function =
                new WireMessage()
                        .message(1, new WireMessage().text(1, "call_1"))
                        .message(3, node("inner", "ZeroOut"));
        return new WireMessage()
                .message(1, node("outer", "call_1"))
                .message(1, node("x", "Placeholder"))
                .message(2, new WireMessage().message(1, function));
    }

    private static WireMessage node(String name, String op) {
        return new WireMessage().text(1, name).text(2, op).data(5, new byte[40_000]);
    }

    private static WireMessage tensor(String key, int type, WireMessage shape) {
        WireMessage info = new WireMessage().text(1, key + ":0").number(2, type).message(3, shape);
        return new WireMessage().text(1, key).message(2, info);
    }

    private static WireMessage shape(long... sizes) {
        WireMessage shape = new WireMessage();
        for (long size : sizes) {
            shape.message(2, new WireMessage().number(1, size));
        }
        return shape;
    }

    private static WireMessage signature(String name, WireMessage input, WireMessage output) {
        return new WireMessage()
                .text(1, name)
                .message(2, new WireMessage().message(1, input).message(2, output));
    }

    private static WireMessage metaGraph(String tag, WireMessage... signatures) {
        WireMessage meta = new WireMessage().message(1, new WireMessage().text(4, tag));
        meta.message(2, graph());
        for (WireMessage signature : signatures) {
            meta.message(5, signature);
        }
        return new WireMessage().number(1, 1).message(2, meta);
    }

    static byte[] sound() {
        return metaGraph(
                        "serve",
                        signature(
                                "serving_default",
                                tensor("x", 1, shape(-1, 3)),
                                tensor("y", 7, shape())),
                        signature(
                                "other",
                                tensor("a", 3, new WireMessage().number(3, 1)),
                                tensor("b", 8, shape(2))))
                .bytes();
    }

    private static TensorFlowModel read(byte[] file, Map<String, String> parameters)
            throws IOException, FormatException {
        return SavedModelReader.read(new MemoryFile(file), parameters);
    }

    @Test
    void readsTheDefaultSignatureAndTheOps() throws Exception {
        TensorFlowModel model = read(sound(), Map.of());

        assertThat(model.inputs())
                .containsExactly(new Tensor("x", "FP32", DataType.FP32, List.of(-1L, 3L)));
        assertThat(model.outputs())
                .containsExactly(new Tensor("y", "BYTES", DataType.BYTES, List.of()));
        assertThat(model.needs().custom())
                .containsExactly(new OpNeed(new OpName("", "ZeroOut"), 1));
        assertThat(model.needs().standard())
                .containsExactly(new OpNeed(new OpName("", "Placeholder"), 1));
    }

    @Test
    void readsTheSignatureThatTheParameterNames() throws Exception {
        TensorFlowModel model = read(sound(), Map.of("TF_SIGNATURE_DEF", "other"));

        assertThat(model.inputs()).containsExactly(new Tensor("a", "INT32", DataType.INT32, null));
        assertThat(model.outputs())
                .containsExactly(new Tensor("b", "DT_COMPLEX64", null, List.of(2L)));
    }

    @Test
    void takesTheOnlySignatureWhereNoneIsTheDefault() throws Exception {
        byte[] file =
                metaGraph(
                                "serve",
                                signature(
                                        "__saved_model_init_op",
                                        tensor("no", 1, shape()),
                                        tensor("no", 1, shape())),
                                signature("mine", tensor("x", 1, shape()), tensor("y", 1, shape())))
                        .bytes();
        assertThat(read(file, Map.of()).inputs()).extracting(Tensor::name).containsExactly("x");
    }

    @Test
    void namesWhatThereIsToChooseFrom() {
        assertThatThrownBy(() -> read(sound(), Map.of("TF_SIGNATURE_DEF", "third")))
                .isInstanceOf(FormatException.class)
                .hasMessage(
                        "no signature 'third' (it has: other, serving_default); choose one by the parameter TF_SIGNATURE_DEF");
        assertThatThrownBy(() -> read(sound(), Map.of("TF_GRAPH_TAG", "gpu")))
                .isInstanceOf(FormatException.class)
                .hasMessage(
                        "no graph with the tag 'gpu' (its graphs have: [[serve]]); choose one by the parameter TF_GRAPH_TAG");
    }

    @Test
    void readsRealModels() throws Exception {
        TensorFlowModel types =
                SavedModelReader.read(MODELS.resolve("types/1/model.savedmodel"), Map.of());
        assertThat(types.inputs())
                .extracting(Tensor::type)
                .containsExactlyInAnyOrder(DataType.values());
        assertThat(types.needs().custom()).isEmpty();
        assertThat(
                        SavedModelReader.read(MODELS.resolve("busy/1/model.savedmodel"), Map.of())
                                .needs()
                                .custom())
                .containsExactly(new OpNeed(new OpName("", "Busy"), 1));
        TensorFlowModel graph =
                GraphDefReader.read(MODELS.resolve("zero_out_graphdef/1/model.graphdef"));
        assertThat(graph.inputs()).isEmpty();
        assertThat(graph.needs().custom())
                .containsExactly(new OpNeed(new OpName("", "ZeroOut"), 1));
    }

    @Test
    void refusesAModelThatIsCutShort() {
        byte[] sound = sound();
        assertThatThrownBy(() -> read(Arrays.copyOf(sound, sound.length - 1), Map.of()))
                .isInstanceOf(FormatException.class)
                .hasMessageMatching(".+ at byte \\d+");
        assertThatThrownBy(() -> read(new byte[0], Map.of()))
                .isInstanceOf(FormatException.class)
                .hasMessage("no graph at byte 0");
        assertThatThrownBy(() -> SavedModelReader.read(MODELS, Map.of()))
                .isInstanceOf(FormatException.class)
                .hasMessage("no file saved_model.pb in it");
    }
}
