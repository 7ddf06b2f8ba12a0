package dev.espalier.server.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.engines.onnxruntime.OnnxModel.Op;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import dev.espalier.server.formats.ModelDescription.Tensor;
import dev.espalier.server.formats.WireMessage;
import dev.espalier.tensor.DataType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The numbers are those of the fields in ONNX's own definition.
@Timeout(60)
final class OnnxReaderTest {
    private static final byte[] WEIGHTS = new byte[40_000];

    /// A model with this graph and two operator sets.
    static WireMessage model(WireMessage graph) {
        return new WireMessage()
                .number(1, 8)
                .message(7, graph)
                .message(8, new WireMessage().text(1, "").number(2, 17))
                .message(8, new WireMessage().text(1, "my.ops").number(2, 1));
    }

    private static WireMessage node(String domain, String type) {
        return new WireMessage().text(1, "in").text(2, "out").text(4, type).text(7, domain);
    }

    private static WireMessage tensor(String name, int type, WireMessage shape) {
        return new WireMessage()
                .text(1, name)
                .message(
                        2,
                        new WireMessage()
                                .message(1, new WireMessage().number(1, type).message(2, shape)));
    }

    private static WireMessage dimensions(Object... sizes) {
        WireMessage shape = new WireMessage();
        for (Object size : sizes) {
            WireMessage dimension = new WireMessage();
            shape.message(
                    1,
                    size instanceof Integer fixed
                            ? dimension.number(1, fixed)
                            : dimension.text(2, (String) size));
        }
        return shape;
    }

    /// `If` in `If` in `If`.
    static byte[] nested(int depth) {
        WireMessage graph = new WireMessage().message(1, node("", "Add"));
        for (int i = 0; i < depth; i++) {
            WireMessage attribute = new WireMessage().text(1, "then_branch").message(6, graph);
            graph = new WireMessage().message(1, node("", "If").message(5, attribute));
        }
        return model(graph).bytes();
    }

    private static OnnxModel read(byte[] file) throws IOException, FormatException {
        return OnnxReader.read(new MemoryFile(file));
    }

    @Test
    void readsSignatureAndOperatorsPastTheWeights() throws Exception {
        OnnxModel model =
                read(
                        model(
                                        new WireMessage()
                                                .message(1, node("my.ops", "ZeroOut"))
                                                .message(1, node("ai.onnx", "Add"))
                                                .text(2, "graph")
                                                .message(
                                                        5,
                                                        new WireMessage()
                                                                .number(1, 100)
                                                                .data(9, WEIGHTS)
                                                                .text(8, "W"))
                                                .message(11, tensor("X", 1, dimensions("n", 3)))
                                                .message(11, tensor("W", 1, dimensions(100)))
                                                .message(12, tensor("Y", 8, dimensions())))
                                .bytes());

        assertThat(model.opsets()).isEqualTo(Map.of("", 17L, "my.ops", 1L));
        assertThat(model.inputs())
                .containsExactly(
                        new Tensor("X", "ONNX element type 1", DataType.FP32, List.of(-1L, 3L)));
        assertThat(model.outputs())
                .containsExactly(new Tensor("Y", "ONNX element type 8", DataType.BYTES, List.of()));
        assertThat(model.ops()).containsOnly(new Op("my.ops", "ZeroOut"), new Op("", "Add"));
        assertThat(model.functions()).isEmpty();
    }

    @Test
    void findsTheOperatorsOfSubgraphsAndFunctions() throws Exception {
        WireMessage branch = new WireMessage().message(1, node("a", "Inner"));
        WireMessage attribute = new WireMessage().text(1, "then_branch").message(6, branch);
        WireMessage attributes =
                new WireMessage()
                        .text(1, "bodies")
                        .message(11, new WireMessage().message(1, node("b", "InnerOfMany")));
        WireMessage graph =
                new WireMessage()
                        .message(1, node("", "If").message(5, attribute).message(5, attributes));
        WireMessage function =
                new WireMessage().text(1, "Mine").text(10, "local").message(7, node("c", "Used"));

        OnnxModel model = read(model(graph).message(25, function).bytes());

        assertThat(model.ops())
                .containsOnly(
                        new Op("", "If"),
                        new Op("a", "Inner"),
                        new Op("b", "InnerOfMany"),
                        new Op("c", "Used"));
        assertThat(model.functions()).containsExactly(new Op("local", "Mine"));
    }

    @ParameterizedTest
    @CsvSource({
        "1,FP32",
        "2,UINT8",
        "3,INT8",
        "4,UINT16",
        "5,INT16",
        "6,INT32",
        "7,INT64",
        "8,BYTES",
        "9,BOOL",
        "10,FP16",
        "11,FP64",
        "12,UINT32",
        "13,UINT64",
        "16,BF16",
        "14,",
        "17,",
        "0,"
    })
    void knowsTheTypesOfTensors(int number, DataType type) throws Exception {
        OnnxModel model =
                read(
                        model(new WireMessage().message(11, tensor("X", number, dimensions())))
                                .bytes());
        assertThat(model.inputs())
                .containsExactly(new Tensor("X", elementType(number), type, List.of()));
    }

    private static String elementType(int number) {
        return number == 0 ? "no tensor type" : "ONNX element type " + number;
    }

    @Test
    void tellsAnUnknownRankFromAScalar() throws Exception {
        WireMessage unranked =
                new WireMessage()
                        .text(1, "X")
                        .message(2, new WireMessage().message(1, new WireMessage().number(1, 1)));
        assertThat(read(model(new WireMessage().message(11, unranked)).bytes()).inputs())
                .containsExactly(new Tensor("X", "ONNX element type 1", DataType.FP32, null));
    }

    @Test
    void readsARealModel() throws Exception {
        Path file =
                Path.of(
                        System.getProperty("espalier.root", ".."),
                        "tests/models/repository/plus_one/1/model.onnx");
        OnnxModel model = OnnxReader.read(file);
        assertThat(model.ops()).containsExactly(new Op("", "Add"));
        assertThat(model.inputs()).hasSize(1);
        assertThat(model.outputs()).hasSize(1);
    }

    @Test
    void refusesAModelThatIsCutShort() {
        byte[] sound = model(new WireMessage().message(1, node("a", "Op"))).bytes();
        // In front of the graph there is nothing to be missed; behind it come whole operator sets.
        int graphBegins = 2;
        int graphEnds = sound.length - new WireMessage().text(1, "my.ops").bytes().length;
        for (int length = graphBegins; length < graphEnds - 10; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(FormatException.class);
        }
    }

    @Test
    void readsGraphsWithinGraphsToADepthThatNobodyNeeds() throws Exception {
        assertThat(read(nested(64)).ops()).containsOnly(new Op("", "If"), new Op("", "Add"));
        assertThatThrownBy(() -> read(nested(65)))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith("more than 64 graphs within each other at byte ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|no graph at byte 0",
                "08 07|no graph at byte 2",
                "3a 05 00|a length of 5 at byte 2",
                "3a ff ff ff ff ff ff ff ff ff 01|a length of -1 at byte 11",
                "3a ff ff ff ff ff ff ff ff ff ff 01|a number of more than ten bytes at byte 11",
                "38 01|wire type 0 of field 7 at byte 1",
                "02 01|field number 0 at byte 1",
                "0b|wire type 3 at byte 1",
                "3a|the end of the file at byte 1",
                "3a 00 09 01|a field that ends at byte 11 of 4 at byte 3",
                "3a 00 0d 01|a field that ends at byte 7 of 4 at byte 3",
                "50 4b 03 04 14 00|field number 0 at byte 3",
            })
    void saysWhereAFileIsBroken(String hex, String message) {
        byte[] file =
                hex == null
                        ? new byte[0]
                        : java.util.HexFormat.ofDelimiter(" ").parseHex(hex.strip());
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(FormatException.class)
                .hasMessage(message);
    }

    /// Sixteen megabytes that would become a hundred.
    @Test
    void keepsNoMoreOfAFileThanModelsHave() {
        ByteArrayOutputStream nodes = new ByteArrayOutputStream();
        for (int i = 0; i < 700_000; i++) {
            nodes.writeBytes(
                    new WireMessage()
                            .message(1, new WireMessage().text(4, "Op" + i).text(7, "a"))
                            .bytes());
        }
        byte[] file = new WireMessage().data(7, nodes.toByteArray()).bytes();
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith("more names of ops and tensors than any model has");
    }

    @Test
    void refusesNamesThatAreNoNames() {
        byte[] file =
                model(new WireMessage().message(1, new WireMessage().data(4, new byte[70_000])))
                        .bytes();
        assertThatThrownBy(() -> read(file)).hasMessageStartingWith("a name of 70000 bytes at ");
    }
}
