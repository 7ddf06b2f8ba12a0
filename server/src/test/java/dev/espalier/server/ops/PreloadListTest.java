package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.ops.Preload.Ignored;
import dev.espalier.server.ops.Preload.Ops;
import dev.espalier.server.ops.Preload.Other;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sorts real libraries, and those of this machine.
@Timeout(60)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class PreloadListTest {
    private static final Path ADD = TestLibraries.path("conflict_c_add");
    private static final Path PLAIN = TestLibraries.path("plain");
    @TempDir Path folder;

    private PreloadList list(String text) {
        return new PreloadList(
                text,
                new SharedLibraries(TestLibraries.MACHINE, folder.toString()),
                TestLibraries.ENGINES);
    }

    private Preload sorted(Object name) {
        return list(name.toString()).sorted().getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "conflict_c_add, onnxruntime, ONNX Runtime",
        "conflict_cpp_add, onnxruntime, ONNX Runtime",
        "marked_tensorflow, tensorflow, TensorFlow",
        "marked_pytorch, pytorch, PyTorch",
        "marked_tensorrt, tensorrt, TensorRT"
    })
    void knowsTheOpLibrariesOfEveryEngine(String library, String engine, String engineName) {
        Path file = TestLibraries.path(library);
        assertThat(sorted(file))
                .isEqualTo(new Ops(file.toString(), file, List.of(engine), engineName));
    }

    @Test
    void leavesToTheLoaderWhatIsNoOpLibrary() {
        assertThat(sorted(PLAIN)).isEqualTo(new Other(PLAIN.toString()));
        assertThat(sorted("/usr/$LIB/liballocator.so"))
                .isEqualTo(new Other("/usr/$LIB/liballocator.so"));
    }

    @Test
    void separatesNamesByColonsAndBlanksAsTheLoaderDoes() {
        assertThat(list(":%s  %s: libc.so.6 ".formatted(PLAIN, ADD)).sorted())
                .extracting(Object::getClass)
                .containsExactly(Other.class, Ops.class, Other.class);
        assertThat(list("").sorted()).isEmpty();
    }

    @Test
    void remainsWithoutOpLibrariesAndWhatCannotBeLoaded() {
        assertThat(list("%s libc.so.6:none.so:%s".formatted(ADD, PLAIN)).remaining())
                .isEqualTo("libc.so.6:" + PLAIN);
        assertThat(list(ADD.toString()).remaining()).isEmpty();
    }

    @Test
    void looksForBareNamesInTheLibraryPathFirst() throws Exception {
        Path own = Files.copy(ADD, folder.resolve("libm.so.6"));
        assertThat(sorted("libm.so.6"))
                .isInstanceOfSatisfying(Ops.class, ops -> assertThat(ops.file()).isEqualTo(own));
        assertThat(sorted("libdl.so.2")).isEqualTo(new Other("libdl.so.2"));
    }

    @Test
    void passesOverLibrariesOfOtherMachinesWhereItLooksForABareName() throws Exception {
        Files.copy(TestLibraries.path("other_machine"), folder.resolve("libc.so.6"));
        assertThat(sorted("libc.so.6")).isEqualTo(new Other("libc.so.6"));
    }

    @Test
    void saysOfWhatCannotBePreloadedWhatTheLoaderSays() {
        assertThat(sorted("libnone.so").text())
                .isEqualTo(
                        "object 'libnone.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored");
        assertThat(sorted(folder.resolve("none.so")))
                .isEqualTo(
                        new Ignored(
                                folder.resolve("none.so").toString(),
                                "cannot open shared object file"));
        assertThat(sorted(TestLibraries.path("truncated")).text())
                .contains("cannot be preloaded (is truncated: ")
                .endsWith("): ignored");
        assertThat(sorted(TestLibraries.path("other_machine")).text())
                .contains(
                        "(is for AArch64, 64 bit (expected: x86-64, 64 bit, as this machine is))");
    }

    @Test
    void givesNoEngineToTheServersProcess() throws Exception {
        Path engine = Files.copy(PLAIN, folder.resolve("libtensorflow_cc.so.2"));
        assertThat(sorted(engine).text())
                .contains("cannot be preloaded (is TensorFlow itself, which each worker has");
        assertThat(list(engine.toString()).remaining()).isEmpty();
    }

    @Test
    void takesAPathFromTheWorkingDirectory() {
        Path here = Path.of("").toAbsolutePath().relativize(ADD);
        assertThat(sorted(here))
                .isInstanceOfSatisfying(Ops.class, ops -> assertThat(ops.file()).isEqualTo(ADD));
    }
}
