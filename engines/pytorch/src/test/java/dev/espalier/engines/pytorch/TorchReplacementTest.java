package dev.espalier.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A kernel for one of PyTorch's own ops is seen.
@Timeout(120)
final class TorchReplacementTest {
    @Test
    void tellsAKernelInThePlaceOfPyTorchs() throws Exception {
        String _ = LibTorch.load(Bench.LIBRARY);
        Registry before = Registry.now();
        OpLibraryFile.open(Bench.library("override"));
        Registry after = Registry.now();
        assertThat(
                        after.ops()
                                .get("aten::mul.Tensor")
                                .hasMoreThan(before.ops().get("aten::mul.Tensor")))
                .isTrue();
        assertThat(
                        before.ops().keySet().stream()
                                .filter(name ->
                                        after.ops().get(name).hasMoreThan(before.ops().get(name)))
                                .toList())
                .containsExactly("aten::mul.Tensor");
    }
}
