package dev.espalier.engines.pytorch;

import static dev.espalier.engines.pytorch.Bench.floats;
import static dev.espalier.engines.pytorch.Bench.strings;
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
@Timeout(120)
final class PyTorchEngineTest {
    private static final String MODELS = "tests/models/pytorch/";

    private static TensorSpec spec(String name, DataType type, Long... dims) {
        return new TensorSpec(name, type, List.of(dims));
    }

    private static Bench named(String folder, List<String> inputs, List<String> outputs)
            throws EngineException {
        return Bench.of(
                MODELS + folder,
                Map.of(),
                new Signature(
                        inputs.stream().map(name -> spec(name, DataType.FP32, -1L)).toList(),
                        outputs.stream().map(name -> spec(name, DataType.FP32, -1L)).toList()));
    }

    @Test
    void runsACustomOp() throws EngineException {
        try (Bench bench =
                Bench.of("examples/pytorch-models/torch_custom_modulo", "custom_modulo")) {
            for (int run = 1; run < 5; run++) {
                bench.begin()
                        .input("dividend", floats(7 * run, -7, 8), 3)
                        .input("divisor", floats(4, 4, 5), 3)
                        .run();
                assertThat(bench.output("remainder")).isEqualTo(floats(7 * run % 4, 1, 3));
                assertThat(bench.shape("remainder")).containsExactly(3);
            }
        }
    }

    @Test
    void givesEveryTypeBack() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "types")) {
            Random random = new Random(1);
            for (int run = 0; run < 3; run++) {
                bench.begin();
                List<TensorSpec> inputs = bench.signature().inputs();
                byte[][] data = new byte[inputs.size()][];
                for (int i = 0; i < data.length; i++) {
                    data[i] = example(inputs.get(i).type(), random);
                    bench.input("INPUT__" + i, data[i], 3);
                }
                bench.run();
                for (int i = 0; i < data.length; i++) {
                    assertThat(bench.output("OUTPUT__" + i))
                            .as("" + inputs.get(i))
                            .isEqualTo(data[i]);
                    assertThat(bench.shape("OUTPUT__" + i)).containsExactly(3);
                }
            }
        }
    }

    private static byte[] example(DataType type, Random random) {
        byte[] data = new byte[3 * type.elementSize()];
        random.nextBytes(data);
        return type == DataType.BOOL ? new byte[] {1, 0, 1} : data;
    }

    @Test
    void givesScalarsNothingAndTensorsThatLieElsewise() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "shapes")) {
            bench.begin().input("x", floats(1, 2, 3, 4, 5, 6), 2, 3).run();
            assertThat(bench.output("SUM__0")).isEqualTo(floats(21));
            assertThat(bench.shape("SUM__0")).isEmpty();
            assertThat(bench.output("NOTHING__1")).isEmpty();
            assertThat(bench.shape("NOTHING__1")).containsExactly(0, 3);
            assertThat(bench.output("TURNED__2")).isEqualTo(floats(1, 4, 2, 5, 3, 6));
            assertThat(bench.shape("TURNED__2")).containsExactly(3, 2);
            bench.begin().input("x", new byte[0], 0, 3).run();
            assertThat(bench.shape("TURNED__2")).containsExactly(3, 0);
        }
        try (Bench bench = named("square", List.of("x"), List.of("y"))) {
            bench.begin().input("x", floats(3)).run();
            assertThat(bench.output("y")).isEqualTo(floats(9));
            assertThat(bench.shape("y")).isEmpty();
        }
    }

    @Test
    void takesAndGivesStrings() throws EngineException {
        byte[] words = strings("", "zwölf\0", "one that is longer than a short string");
        try (Bench bench = Bench.of(MODELS + "words")) {
            bench.begin().input("words", words, 3).input("mark", strings("!"), 1).run();
            assertThat(bench.output("MARKED__0"))
                    .isEqualTo(strings("!", "zwölf\0!", "one that is longer than a short string!"));
            assertThat(bench.output("JOINED__1"))
                    .isEqualTo(strings("!zwölf\0!one that is longer than a short string"));
            assertThat(bench.shape("LENGTH__2")).containsExactly(3);
            bench.begin().input("words", new byte[0], 0).input("mark", strings("!"), 1).run();
            assertThat(bench.shape("MARKED__0")).containsExactly(0);

            byte[] broken = strings("eins", "zwei");
            broken[0] = 100;
            bench.begin().input("words", broken, 2).input("mark", strings("!"), 1);
            assertThatThrownBy(bench::run)
                    .hasMessage("string 0 of an input is longer than the input's 16 bytes");
            bench.begin().input("words", words, 3).input("mark", strings("a", "b"), 2);
            assertThatThrownBy(bench::run).hasMessageContaining("has 2 strings (expected: one");
        }
    }

    @Test
    void findsInputsByNameByNumberAndByOrder() throws EngineException {
        List<String> outputs = List.of("ONE__0", "TWO__1");
        byte[] x = floats(1, 2);
        byte[] scale = floats(10, 100);
        for (List<String> names :
                List.of(
                        List.of("x", "scale"),
                        List.of("scale", "x"),
                        List.of("a__0", "b__1"),
                        List.of("b__1", "a__0"),
                        List.of("left", "right"))) {
            try (Bench bench = named("parts", names, outputs)) {
                boolean turned =
                        names.getFirst().equals("scale") || names.getFirst().equals("b__1");
                bench.begin()
                        .input(names.get(turned ? 1 : 0), x, 2)
                        .input(names.get(turned ? 0 : 1), scale, 2)
                        .run();
                assertThat(bench.output("ONE__0")).isEqualTo(floats(10));
                assertThat(bench.output("TWO__1")).isEqualTo(floats(200));
            }
        }
        try (Bench bench = named("parts", List.of("x", "scale", "offset"), outputs)) {
            bench.begin().input("x", x, 2).input("scale", scale, 2).input("offset", x, 2).run();
            assertThat(bench.output("TWO__1")).isEqualTo(floats(202));
        }
        assertThatThrownBy(() -> named("parts", List.of("x"), outputs))
                .hasMessageContaining("argument 'scale' of forward has no input");
        assertThatThrownBy(() -> named("parts", List.of("a__0", "b__0"), outputs))
                .hasMessageContaining("input 'b__0' would be argument 0 of forward, which another");
        assertThatThrownBy(() -> named("parts", List.of("a__0", "b__7"), outputs))
                .hasMessageContaining("input 'b__7' would be argument 7 of forward (expected");
        assertThatThrownBy(() -> named("parts", List.of("x", "scale"), List.of("a__1", "b__1")))
                .hasMessageContaining("name a result twice");
    }

    @Test
    void computesOnTheRequestsMemoryInPlace() throws EngineException {
        try (Bench bench = named("square", List.of("x"), List.of("y"))) {
            MemorySegment memory = bench.memory(floats(1, 2, 3));
            bench.begin().input("x", memory, 3).run();
            assertThat(memory.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                    .isEqualTo(floats(1, 2, 3));
        }
    }

    @Test
    void copiesInputsThatAModelWritesToOrKeeps() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "in_place")) {
            MemorySegment memory = bench.memory(floats(1, 2, 3));
            bench.begin().input("x", memory, 3).run();
            assertThat(bench.output("y")).isEqualTo(floats(2, 3, 4));
            assertThat(memory.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                    .isEqualTo(floats(1, 2, 3));
        }
        try (Bench bench = Bench.of(MODELS + "keeping")) {
            MemorySegment memory = bench.memory(floats(1, 2, 3));
            bench.begin().input("x", memory, 3).run();
            memory.fill((byte) -1);
            bench.begin().input("x", floats(4, 5, 6), 3).run();
            assertThat(bench.output("BEFORE__1")).isEqualTo(floats(1, 2, 3));
        }
    }

    @Test
    void saysWhatAnOpSays() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "failing", "failing")) {
            bench.begin().input("x", floats(-1), 1);
            assertThatThrownBy(bench::run)
                    .isInstanceOf(EngineException.class)
                    .hasMessage("ops.test_single.failing: failing met a negative element");
            bench.begin().input("x", floats(1), 1).run();
            assertThat(bench.output("y")).isEqualTo(floats(1));
        }
        try (Bench bench = Bench.of(MODELS + "linear")) {
            bench.begin().input("INPUT__0", new byte[12], 1, 3);
            assertThatThrownBy(bench::run)
                    .hasMessageContaining(
                            "mat1 and mat2 shapes cannot be multiplied (1x3 and 16x8)");
            bench.begin().input("INPUT__0", new byte[128], 2, 16).run();
            assertThat(bench.shape("OUTPUT__0")).containsExactly(2, 2);
        }
    }

    @Test
    void refusesWhatTheConfigurationSaysWrongly() throws EngineException {
        Signature doubles =
                new Signature(
                        List.of(spec("x", DataType.FP32, -1L)),
                        List.of(spec("y", DataType.FP64, -1L)));
        try (Bench bench = Bench.of(MODELS + "square", Map.of(), doubles)) {
            bench.begin().input("x", floats(1), 1);
            assertThatThrownBy(bench::run)
                    .hasMessageContaining("output 'y' is TYPE_FP32 (expected: TYPE_FP64");
        }
        try (Bench bench = named("square", List.of("x"), List.of("y", "z"))) {
            bench.begin().input("x", floats(1), 1);
            assertThatThrownBy(bench::run)
                    .hasMessageContaining("output 'z' would be result 1 of forward, which gives 1");
        }
        Signature text =
                new Signature(
                        List.of(spec("x", DataType.BYTES, -1L)),
                        List.of(spec("y", DataType.FP32, -1L)));
        assertThatThrownBy(() -> Bench.of(MODELS + "square", Map.of(), text))
                .hasMessageContaining(
                        "input 'x' is TYPE_STRING, and argument 'x' of forward is Tensor");
    }

    @Test
    void asksForAConfigurationWithOneToCopy() {
        assertThatThrownBy(() -> Bench.of(MODELS + "parts", Map.of(), Signature.EMPTY))
                .hasMessageContaining("does not tell the types and shapes")
                .hasMessageContaining(
                        "input [ { name: \"x\" data_type: TYPE_FP32 dims: [ -1 ] }, { name: \"scale\" ");
    }

    @Test
    void namesTheOpThatNobodyProvides() {
        assertThatThrownBy(() -> Bench.of("tests/models/pytorch_conflict/torch_add"))
                .hasMessageStartingWith(
                        "loading model.pt with no op library: Unknown builtin op: test_custom::custom_op.");
    }

    @Test
    void namesTheSymbolThatALibraryLacks() {
        assertThatThrownBy(() -> Bench.of(MODELS + "square", "other_version"))
                .hasMessageContaining("opening op library libtorch_other_version.so: ")
                .hasMessageContaining("undefined symbol: _ZN3c1018of_another_version");
    }

    @Test
    void takesTritonsParameters() throws EngineException {
        for (Map<String, String> parameters :
                List.of(
                        Map.of("DISABLE_OPTIMIZED_EXECUTION", "true", "INFERENCE_MODE", "false"),
                        Map.of("INTRA_OP_THREAD_COUNT", "1", "INTER_OP_THREAD_COUNT", "1"),
                        Map.of("INTER_OP_THREAD_COUNT", "2"))) {
            try (Bench bench = Bench.of(MODELS + "linear", parameters)) {
                for (int run = 0; run < 3; run++) {
                    bench.begin().input("INPUT__0", new byte[64], 1, 16).run();
                }
                assertThat(bench.shape("OUTPUT__0")).containsExactly(1, 2);
            }
        }
        assertThatThrownBy(
                        () -> Bench.of(MODELS + "linear", Map.of("INTRA_OP_THREAD_COUNT", "many")))
                .hasMessage(
                        "parameter INTRA_OP_THREAD_COUNT: 'many' (expected: a whole number, 0..1024)");
        assertThatThrownBy(() -> Bench.of(MODELS + "linear", Map.of("INFERENCE_MODE", "maybe")))
                .hasMessage("parameter INFERENCE_MODE: 'maybe' (expected: true or false)");
    }

    @Test
    void keepsNoMemoryOfRuns() throws EngineException {
        try (Bench bench = Bench.of(MODELS + "words")) {
            long before = 0;
            MemorySegment words = bench.memory(strings("a".repeat(50_000)));
            MemorySegment mark = bench.memory(strings("!"));
            for (int run = 0; run < 6000; run++) {
                bench.begin().input("words", words, 1).input("mark", mark, 1).run();
                if (run == 2000) {
                    before = org.bytedeco.javacpp.Pointer.physicalBytes();
                }
            }
            // A string a run that is not given back would be 200 MB; the Java heap grows, too.
            assertThat(org.bytedeco.javacpp.Pointer.physicalBytes() - before)
                    .isLessThan(120L << 20);
        }
    }
}
