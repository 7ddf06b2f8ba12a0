package dev.espalier.engines.tensorflow;

import static dev.espalier.engines.tensorflow.Bench.floats;
import static dev.espalier.engines.tensorflow.Bench.ints;
import static dev.espalier.engines.tensorflow.Bench.longs;
import static dev.espalier.engines.tensorflow.Bench.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The engine with the real library on the tree's models.
@Timeout(60)
final class TensorFlowEngineTest {
    private static final String MODELS = "tests/models/tensorflow/";
    private static final String EXAMPLES = "examples/tensorflow-models/";

    private static Bench withLibraries(String folder, String... libraries) throws EngineException {
        return Bench.of(folder, List.of(libraries), Map.of(), Signature.EMPTY);
    }

    private static Bench withParameter(String name, String value) throws EngineException {
        return Bench.of(MODELS + "plus", List.of(), Map.of(name, value), Signature.EMPTY);
    }

    @Test
    void tellsItsVersion() {
        assertThat(Bench.ENGINE.version()).isEqualTo("2.21.0");
    }

    @Test
    void givesEveryTypeBack() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "types")) {
            Random random = new Random(1);
            for (int run = 0; run < 2; run++) {
                bench.begin();
                var inputs = bench.signature().inputs();
                byte[][] data = new byte[inputs.size()][];
                assertThat(inputs)
                        .extracting(TensorSpec::type)
                        .containsExactlyInAnyOrder(DataType.values());
                for (int i = 0; i < data.length; i++) {
                    data[i] = example(inputs.get(i).type(), random);
                    bench.input(inputs.get(i).name(), data[i], 3);
                }
                bench.run();
                for (int i = 0; i < data.length; i++) {
                    String output = inputs.get(i).name().replace("in_", "out_");
                    assertThat(bench.output(output)).as(output).isEqualTo(data[i]);
                    assertThat(bench.shape(output)).containsExactly(3);
                }
            }
        }
    }

    private static byte[] example(DataType type, Random random) {
        if (type == DataType.BYTES) {
            return strings("", "zwölf\0", "one that is longer than fits into TF_TString itself");
        }
        byte[] data = new byte[3 * type.elementSize()];
        random.nextBytes(data);
        return type == DataType.BOOL ? new byte[] {1, 0, 1} : data;
    }

    @Test
    void refusesStringsThatAreLongerThanTheirData() throws EngineException {
        byte[] broken = strings("eins", "zwei");
        broken[0] = 100;
        try (Bench bench = Bench.of(MODELS + "words")) {
            bench.begin().input("number", longs(1, 2), 2).input("word", broken, 2);
            assertThatThrownBy(bench::run)
                    .hasMessage("string 0 of an input is longer than the input's 16 bytes");
            bench.begin().input("number", longs(1, 2), 2).input("word", strings("a", "b"), 2).run();
            assertThat(bench.output("before")).isEqualTo(strings("?", "?"));
        }
    }

    @Test
    void servesTheDefaultSignature() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "plus")) {
            assertThat(bench.signature().inputs())
                    .containsExactly(new TensorSpec("x", DataType.FP32, List.of(-1L, 3L)));
            assertThat(bench.signature().outputs())
                    .extracting(TensorSpec::name)
                    .containsExactly("product", "sum");
            for (int rows = 0; rows < 4; rows++) {
                bench.begin().input("x", new byte[rows * 12], rows, 3).run();
                assertThat(bench.shape("sum")).containsExactly(rows, 3);
            }
            bench.begin().input("x", floats(1, 2, 3), 1, 3).run();
            assertThat(bench.output("sum")).isEqualTo(floats(2, 3, 4));
            assertThat(bench.output("product")).isEqualTo(floats(2, 4, 6));
        }
    }

    @Test
    void servesTheSignatureThatTheParameterNames() throws EngineException {
        try (Bench bench = withParameter("TF_SIGNATURE_DEF", "minus")) {
            bench.begin().input("x", floats(1, 2, 3), 1, 3).run();
            assertThat(bench.output("difference")).isEqualTo(floats(0, 1, 2));
        }
        assertThatThrownBy(() -> withParameter("TF_SIGNATURE_DEF", "times"))
                .hasMessageContaining("no signature 'times' (it has: ")
                .hasMessageContaining("minus, serving_default")
                .hasMessageContaining("TF_SIGNATURE_DEF");
    }

    @Test
    void takesThreadsFromParameters() throws EngineException {
        try (Bench bench = withParameter("TF_NUM_INTER_THREADS", "2")) {
            bench.begin().input("x", floats(1, 2, 3), 1, 3).run();
            assertThat(bench.output("sum")).isEqualTo(floats(2, 3, 4));
        }
        assertThatThrownBy(() -> withParameter("TF_NUM_INTRA_THREADS", "some"))
                .hasMessage(
                        "parameter TF_NUM_INTRA_THREADS: 'some' (expected: a whole number, at least 0)");
        assertThatThrownBy(() -> withParameter("TF_USE_PER_SESSION_THREADS", "perhaps"))
                .hasMessage(
                        "parameter TF_USE_PER_SESSION_THREADS: 'perhaps' (expected: true or false)");
    }

    @Test
    void runsAGraphWithTheTensorsThatTheConfigurationDeclares() throws EngineException {
        Signature declared =
                new Signature(
                        List.of(new TensorSpec("x", DataType.FP32, List.of(-1L, -1L))),
                        List.of(new TensorSpec("sum", DataType.FP32, List.of(-1L, -1L))));
        try (Bench bench = Bench.of(MODELS + "plus_graphdef", List.of(), Map.of(), declared)) {
            bench.begin().input("x", floats(1, 2), 1, 2).run();
            assertThat(bench.output("sum")).isEqualTo(floats(2, 3));
        }
        Signature wrong =
                new Signature(
                        declared.inputs(),
                        List.of(new TensorSpec("total", DataType.FP32, List.of(-1L, -1L))));
        assertThatThrownBy(() -> Bench.of(MODELS + "plus_graphdef", List.of(), Map.of(), wrong))
                .hasMessage("output 'total': the graph has no node 'total'");
    }

    @Test
    void refusesAGraphOfWhichNoTensorIsDeclared() {
        assertThatThrownBy(() -> Bench.of(MODELS + "plus_graphdef"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("declare its inputs and outputs");
    }

    /// The memory of a request belongs to the next one, once it has been answered.
    @Test
    void keepsWhatAVariableIsGivenBeyondTheRequest() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "memory")) {
            MemorySegment request = bench.memory(floats(1, 2, 3, 4));
            bench.begin().input("x", request, 4).run();
            request.fill((byte) 0x55);
            bench.begin().input("x", floats(5, 6, 7, 8), 4).run();
            assertThat(bench.output("last")).isEqualTo(floats(1, 2, 3, 4));
        }
    }

    @Test
    void keepsWhatATableIsGivenBeyondTheRequest() throws EngineException {
        String word = "a word that is longer than fits into TF_TString itself";
        try (Bench bench = Bench.of(MODELS + "words")) {
            MemorySegment request = bench.memory(strings(word));
            bench.begin().input("number", longs(7), 1).input("word", request, 1).run();
            request.fill((byte) 0x55);
            bench.begin().input("number", longs(7), 1).input("word", strings("b"), 1).run();
            assertThat(bench.output("before")).isEqualTo(strings(word));
        }
    }

    @Test
    void runsOpsOfTheLibrariesThatItIsGiven() throws EngineException {
        try (Bench bench = withLibraries(EXAMPLES + "tf_zero_out", "zero_out");
                Bench other = withLibraries(EXAMPLES + "tf_add_one", "add_one")) {
            bench.begin().input("to_zero", ints(42, 43, 44, 45), 1, 4).run();
            assertThat(bench.output("zeroed")).isEqualTo(ints(42, 0, 0, 0));
            other.begin().input("x", ints(42, 43), 1, 2).run();
            assertThat(other.output("y")).isEqualTo(ints(43, 44));
        }
    }

    @Test
    void namesTheOpThatNobodyProvides() {
        assertThatThrownBy(() -> withLibraries(MODELS + "busy"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("loading model.savedmodel with no op library")
                .hasMessageContaining("Op type not registered 'Busy'");
    }

    @Test
    void namesTheLibraryThatCannotBeOpened() {
        assertThatThrownBy(() -> withLibraries(MODELS + "busy", "other_version"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("opening op library libtf_other_version.so")
                .hasMessageContaining("undefined symbol: _ZN10tensorflow16OfAnotherVersion");
    }

    @Test
    void passesOnWhatAnOpReports() throws EngineException {
        try (Bench bench = withLibraries(MODELS + "failing", "failing")) {
            bench.begin().input("x", floats(1, -1), 1, 2);
            assertThatThrownBy(bench::run)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("Failing got a negative element");
            bench.begin().input("x", floats(1, 2), 1, 2).run();
            assertThat(bench.output("y")).isEqualTo(floats(1, 2));
        }
    }
}
