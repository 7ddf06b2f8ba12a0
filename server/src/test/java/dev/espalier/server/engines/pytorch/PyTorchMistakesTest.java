package dev.espalier.server.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.ops.BuildFault;
import dev.espalier.server.ops.Fault;
import dev.espalier.server.ops.LoadCheck;
import dev.espalier.server.ops.TestLibraries;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The usual mistakes in building an op library for PyTorch, found in its file.
@Timeout(20)
final class PyTorchMistakesTest {
    @TempDir private Path engine;

    @Test
    void tellsAnotherVersion() throws Exception {
        for (String name : List.of("libtorch_cpu.so", "libc10.so")) {
            Files.copy(TestLibraries.path("plain"), engine.resolve(name));
        }
        LoadCheck check =
                new LoadCheck(
                        TestLibraries.ENGINES,
                        new SharedLibraries(TestLibraries.MACHINE, engine.toString()),
                        List.of(),
                        Map.of());
        assertThat(check.fault(TestLibraries.path("torch_other_version")).map(Fault::text))
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .startsWith("needs ")
                                .contains("which this PyTorch does not have"));
    }

    @Test
    void tellsExtensionsOfPythonAndBuildsForGpus() {
        assertThat(
                        new PyTorchMistakes()
                                .missing(List.of("libtorch_python.so"))
                                .map(BuildFault::text))
                .hasValueSatisfying(text -> assertThat(text).contains("is an extension of Python"));
        assertThat(
                        new PyTorchMistakes()
                                .missing(List.of("libx.so", "libc10_cuda.so"))
                                .map(BuildFault::text))
                .hasValueSatisfying(text -> assertThat(text).contains("build it without CUDA"));
        assertThat(new PyTorchMistakes().missing(List.of("libx.so"))).isEmpty();
    }
}
