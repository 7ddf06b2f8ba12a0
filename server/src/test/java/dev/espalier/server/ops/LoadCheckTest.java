package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Verdicts on real files, reached without opening one.
@Timeout(60)
class LoadCheckTest {
    private static final LoadCheck CHECK = TestLibraries.loadCheck();
    @TempDir Path folder;

    private static String verdict(Path file) {
        return CHECK.fault(file).map(Fault::text).orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    other_machine   | is for AArch64, 64 bit (expected: x86-64, 64 bit, as this machine is)
                    truncated       | is truncated: its table of sections would end at byte 5720, and it has 2860 bytes; copy it again
                    program         | is an executable program (expected: a shared library; link it with -shared)
                    plain           | is no op library: nothing in it is made for an engine (expected: RegisterCustomOps for ONNX Runtime, REGISTER_OP for TensorFlow, TORCH_LIBRARY for PyTorch, getCreators for TensorRT)
                    undefined       | needs espalier_function_that_nobody_has, which no library that it names has; link it with the library that has what is missing
                    undefined_cpp   | needs vendor::interpolate(float const*, int), which no library that it names has; link it with the library that has what is missing
                    """)
    void saysWhatIsWrongAndWhatToDo(String library, String text) {
        assertThat(verdict(TestLibraries.path(library))).isEqualTo(text);
    }

    @Test
    void namesTheMissingLibraryAndWhereItWasLookedFor() {
        assertThat(verdict(TestLibraries.path("missing_library")))
                .startsWith("needs libespalier_vendor.so.7, not found in /etc/ld.so.cache, ")
                .endsWith("; install it, or start the server with its folder in LD_LIBRARY_PATH");
    }

    @Test
    void findsAMissingLibraryInTheLibraryPath() throws Exception {
        // A library with that name that has not what is needed: the next verdict.
        Files.copy(TestLibraries.path("plain"), folder.resolve("libespalier_vendor.so.7"));
        LoadCheck check =
                new LoadCheck(
                        TestLibraries.ENGINES,
                        new SharedLibraries(TestLibraries.MACHINE, folder.toString()),
                        List.of(),
                        Map.of());
        assertThat(check.fault(TestLibraries.path("missing_library")))
                .containsInstanceOf(FileFault.UndefinedSymbols.class);
    }

    @ParameterizedTest
    @CsvSource({"newer_glibc, libc.so.6, GLIBC", "newer_glibcxx, libstdc++.so.6, GLIBCXX"})
    void comparesVersionsWithThoseOfThisMachine(String library, String of, String kind) {
        assertThat(verdict(TestLibraries.path(library)))
                .matches(
                        "needs %s_[0-9.]*99 of %s, which has %s_\\d+\\.[0-9.]+ at most here; build it on a system no newer than this one"
                                .formatted(kind, of.replace("+", "\\+"), kind));
    }

    @ParameterizedTest
    @ValueSource(strings = {"conflict_c_add", "conflict_cpp_add", "opening_crashes", "newer_api"})
    void hasNothingAgainstWhatCanBeOpened(String library) {
        assertThat(CHECK.fault(TestLibraries.path(library))).isEmpty();
    }

    @Test
    void knowsFilesThatAreNothing() throws Exception {
        assertThat(
                        verdict(
                                Files.writeString(
                                        folder.resolve("text.so"), "not a library, far from it")))
                .startsWith("is not an ELF file: it does not begin with 0x7f 'E' 'L' 'F'");
        assertThat(verdict(Files.createFile(folder.resolve("empty.so"))))
                .startsWith("is not an ELF file: it is empty");
        assertThat(verdict(folder)).isEqualTo("cannot be read: it is a folder");
        assertThat(verdict(Path.of("/dev/zero")))
                .isEqualTo("cannot be read: it is a pipe, a socket or a device");
        assertThat(verdict(folder.resolve("none.so")))
                .isEqualTo("cannot be read: there is no such file");
    }

    @Test
    void knowsAnEngineByItsName() throws Exception {
        Path engine =
                Files.copy(TestLibraries.path("plain"), folder.resolve("libtensorflow_cc.so.2"));
        assertThat(verdict(engine))
                .isEqualTo(
                        "is TensorFlow itself, which each worker has already (expected: an op library); take it away");
        Path other = Files.copy(engine, folder.resolve("libtensorflow_ccx.so"));
        assertThat(verdict(other)).startsWith("is no op library");
    }

    @Test
    void recognisesAnExtensionOfPython() {
        assertThat(
                        new FileFault.UndefinedSymbols(
                                        List.of("PyA", "PyB", "PyC", "PyD", "_Py_NoneStruct"))
                                .text())
                .isEqualTo(
                        "needs PyA, PyB, PyC and 2 more symbols, which no library that it names has; it is an extension of Python: take the build for C or Java");
    }
}
