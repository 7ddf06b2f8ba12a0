package dev.espalier.server.engines.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.ops.Fault;
import dev.espalier.server.ops.LoadCheck;
import dev.espalier.server.ops.TestLibraries;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The usual mistakes in building an op library for TensorFlow, found in its file.
@Timeout(20)
final class TensorFlowMistakesTest {
    @TempDir private Path engine;

    /// What is said where a library that has the framework's name, and nothing of what is asked for, is the
    /// engine's.
    private String verdict(String library) throws Exception {
        Files.copy(TestLibraries.path("plain"), engine.resolve("libtensorflow_framework.so.2"));
        LoadCheck check =
                new LoadCheck(
                        TestLibraries.ENGINES,
                        new SharedLibraries(TestLibraries.MACHINE, engine.toString()),
                        List.of(),
                        Map.of());
        return check.fault(TestLibraries.path(library)).map(Fault::text).orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tf_not_linked | needs %s, and is not linked with TensorFlow; link it with -l:libtensorflow_framework.so.2",
                "tf_zero_out | needs %s, which this TensorFlow does not have: it was built for another version; build it against the headers of this one, or install that version (espalier engine list)",
                "tf_old_abi | needs %s, for it was built with the old C++ ABI; build it with -D_GLIBCXX_USE_CXX11_ABI=1, as this TensorFlow is"
            })
    void namesTheMistakeAndTheRemedy(String library, String expected) throws Exception {
        assertThat(verdict(library)).matches(Pattern.quote(expected).replace("%s", "\\E.+\\Q"));
    }

    @Test
    void leavesOtherSymbolsToOtherFaults() throws Exception {
        assertThat(verdict("undefined_cpp")).contains("vendor::interpolate");
    }
}
