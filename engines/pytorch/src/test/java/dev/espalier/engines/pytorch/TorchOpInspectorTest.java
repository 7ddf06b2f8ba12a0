package dev.espalier.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Looks into the tree's op libraries with the real libtorch.
@Timeout(120)
final class TorchOpInspectorTest {
    private int opened;

    private OpReport inspect(String library) throws Exception {
        return new TorchOpInspector(Bench.LIBRARY)
                .inspect(
                        Bench.library(library),
                        new OpInspector.Progress() {
                            @Override
                            public void opened() {
                                opened++;
                            }

                            @Override
                            public void askedForNewer(int asked, int newest) {
                                throw new AssertionError("PyTorch has one interface");
                            }
                        });
    }

    /// Op → its provider.
    private Map<String, String> ops(String library) throws Exception {
        Map<String, String> ops = new TreeMap<>();
        for (OpSignature op : ((OpReport.Provides) inspect(library)).ops()) {
            ops.put(op.op().toString(), op.provider());
        }
        return ops;
    }

    @Test
    void tellsWhatALibraryDefinesAndReplaces() throws Exception {
        // First, for nobody has defined its op then.
        assertThat(ops("kernel_only"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "test_custom::custom_op",
                                "another library's definition",
                                "test_override::triple",
                                ""));
        assertThat(ops("custom_modulo"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("my_ops::custom_modulo", "", "TORCH_LIBRARY(my_ops)", ""));
        assertThat(ops("twice")).containsOnlyKeys("test_shared::twice");
        assertThat(opened).isEqualTo(3);
        assertThat(inspect("other_version"))
                .isInstanceOfSatisfying(
                        OpReport.NotOpened.class,
                        found ->
                                assertThat(found.reason())
                                        .contains("undefined symbol: _ZN3c1018of_another_version"));
        assertThat(opened).isEqualTo(3);
    }
}
