package dev.espalier.engines.onnxruntime;

import static dev.espalier.engines.onnxruntime.Data.floats;
import static dev.espalier.engines.onnxruntime.Data.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The engine with the real library on the tree's models.
@Timeout(60)
class OnnxRuntimeEngineTest {
    private static final Path SCALE_10 =
            Models.ROOT.resolve("examples/models/scale_by_10/1/ops/libscale.so");

    @Test
    void tellsItsVersion() {
        assertThat(Models.ENGINE.version()).startsWith("1.29.");
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, mode = EnumSource.Mode.EXCLUDE, names = "BYTES")
    void givesEveryTypeBack(DataType type) throws EngineException {
        String folder = "tests/models/repository/identity_" + type.name().toLowerCase(Locale.ROOT);
        try (Models.Bench bench = new Models.Bench(Models.load(folder))) {
            byte[] data = new byte[6 * type.elementSize()];
            new Random(1).nextBytes(data);
            if (type == DataType.BOOL) {
                data = new byte[] {1, 0, 0, 1, 1, 0};
            }
            // Twice: the first run lets the engine make the output, the second has its place given.
            for (int run = 0; run < 2; run++) {
                bench.begin().input(0, data, 6).run();
                assertThat(bench.output(0)).isEqualTo(data);
                assertThat(bench.shape(0)).containsExactly(6);
                assertThat(bench.execution.outputs().typeCode(0)).isEqualTo(type.code());
            }
        }
    }

    @Test
    void followsShapesThatVary() throws EngineException {
        try (Models.Bench bench =
                new Models.Bench(Models.load("tests/models/repository/identity_fp32"))) {
            for (int rows = 0; rows < 5; rows++) {
                bench.begin().input(0, new byte[rows * 28], rows * 7).run();
                assertThat(bench.shape(0)).containsExactly(rows * 7);
                assertThat(bench.output(0)).hasSize(rows * 28);
            }
        }
    }

    @Test
    void givesStringsBack() throws EngineException {
        byte[] data = strings("", "eins", "zwölf", "a\0b");
        try (Models.Bench bench =
                new Models.Bench(Models.load("tests/models/repository/identity_bytes"))) {
            bench.begin().input(0, data, 4).run();
            assertThat(bench.output(0)).isEqualTo(data);
            assertThat(bench.shape(0)).containsExactly(4);
            bench.begin().input(0, new byte[0], 0).run();
            assertThat(bench.output(0)).isEmpty();
        }
    }

    @Test
    void refusesStringsThatAreLongerThanTheirData() throws EngineException {
        byte[] data = strings("eins", "zwei");
        data[0] = 100;
        try (Models.Bench bench =
                new Models.Bench(Models.load("tests/models/repository/identity_bytes"))) {
            assertThatThrownBy(() -> bench.begin().input(0, data, 2).run())
                    .isInstanceOf(EngineException.class)
                    .hasMessage("string 0 of an input is longer than the input's 16 bytes");
            bench.begin().input(0, strings("a", "b"), 2).run();
            assertThat(bench.output(0)).isEqualTo(strings("a", "b"));
        }
    }

    @Test
    void answersScalars() throws EngineException {
        try (Models.Bench bench = new Models.Bench(Models.load("tests/models/repository/scalar"))) {
            assertThat(bench.signature.inputs().get(0).dimensions()).isEmpty();
            bench.begin().input(0, floats(41)).run();
            assertThat(bench.shape(0)).isEmpty();
            assertThat(bench.output(0)).hasSize(4);
        }
    }

    @Test
    void runsCustomOpsOfTheLibraryThatItIsGiven() throws EngineException {
        try (Models.Bench bench =
                new Models.Bench(
                        Models.load("examples/models/scale_by_10", List.of(SCALE_10), Map.of()))) {
            for (int run = 0; run < 3; run++) {
                bench.begin().input(0, floats(1, 2, 3), 1, 3).run();
                assertThat(bench.output(0)).isEqualTo(floats(10, 20, 30));
            }
        }
    }

    @Test
    void runsOpsOfOneDomainFromTwoLibraries() throws EngineException {
        Path libraries = Models.ROOT.resolve("tests/models/ops/one_domain/1/ops");
        // Twice in one process: a library makes its domain once.
        for (int load = 0; load < 2; load++) {
            try (Models.Bench bench =
                    new Models.Bench(
                            Models.load(
                                    "tests/models/ops/one_domain",
                                    List.of(
                                            libraries.resolve("libtwice.so"),
                                            libraries.resolve("libthrice.so")),
                                    Map.of()))) {
                bench.begin().input(0, floats(1, 2, 3), 3).run();
                assertThat(bench.output(0)).isEqualTo(floats(6, 12, 18));
            }
        }
    }

    @Test
    void takesAnOpThatTwoLibrariesHaveFromTheFirst() throws EngineException {
        Path libraries = Models.ROOT.resolve("tests/ops/x86-64");
        Path add = libraries.resolve("libconflict_c_add.so");
        Path sub = libraries.resolve("libconflict_c_sub.so");
        for (List<Path> order : List.of(List.of(add, sub), List.of(sub, add))) {
            try (Models.Bench bench =
                    new Models.Bench(
                            Models.load("tests/models/conflict/conflict_c_add", order, Map.of()))) {
                bench.begin().input(0, floats(5, 6, 7), 3).input(1, floats(3, 3, 3), 3).run();
                assertThat(bench.output(0))
                        .isEqualTo(
                                order.getFirst().equals(add) ? floats(8, 9, 10) : floats(2, 3, 4));
            }
        }
    }

    @Test
    void saysWhichOpNobodyProvides() {
        assertThatThrownBy(() -> Models.load("examples/models/scale_by_10"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("with no op library")
                .hasMessageContaining("is not a registered function/op");
    }

    @Test
    void saysWhichLibraryCannotBeLoaded() {
        Path library = Models.ROOT.resolve("README.md");
        assertThatThrownBy(() ->
                        Models.load("examples/models/scale_by_10", List.of(library), Map.of()))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("registering op library README.md: ")
                .hasMessageEndingWith("invalid ELF header");
    }

    @Test
    void saysWhatIsWrongWithAParameter() {
        assertThatThrownBy(() ->
                        Models.load(
                                "tests/models/repository/identity_fp32",
                                List.of(),
                                Map.of("intra_op_thread_count", "two")))
                .isInstanceOf(EngineException.class)
                .hasMessage("parameter intra_op_thread_count: 'two' (expected: an integer)");
    }

    @Test
    void takesTheParametersOfTritonsBackend() throws EngineException {
        Map<String, String> parameters =
                Map.of(
                        "intra_op_thread_count", "2",
                        "inter_op_thread_count", "1",
                        "execution_mode", "0",
                        "enable_mem_arena", "0",
                        "enable_mem_pattern", "1",
                        "graph_optimization_level", "-1",
                        "session.intra_op.allow_spinning", "0",
                        "something_else", "ignored");
        try (Models.Bench bench =
                new Models.Bench(
                        Models.load(
                                "tests/models/repository/identity_fp32", List.of(), parameters))) {
            bench.begin().input(0, floats(1, 2), 2).run();
            assertThat(bench.output(0)).isEqualTo(floats(1, 2));
        }
    }

    @Test
    void staysUsableAfterAnOpFailed() throws EngineException {
        Path library = Models.ROOT.resolve("tests/models/ops/failing/1/ops");
        try (Models.Bench bench =
                new Models.Bench(
                        Models.load(
                                "tests/models/ops/failing",
                                List.of(library.resolve("libfailing.so")),
                                Map.of()))) {
            for (int run = 0; run < 3; run++) {
                assertThatThrownBy(() -> bench.begin().input(0, floats(1, 2, 3), 1, 3).run())
                        .isInstanceOf(EngineException.class)
                        .hasMessageStartingWith("onnx runtime error");
            }
        }
    }
}
