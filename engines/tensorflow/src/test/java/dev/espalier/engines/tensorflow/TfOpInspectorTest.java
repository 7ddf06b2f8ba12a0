package dev.espalier.engines.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import dev.espalier.tensor.OpSignature.Presence;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Looks into the tree's op libraries with the real TensorFlow.
@Timeout(60)
final class TfOpInspectorTest {
    private int opened;

    private OpReport inspect(String library) throws Exception {
        return new TfOpInspector(Bench.LIBRARY)
                .inspect(
                        Bench.library(library),
                        new OpInspector.Progress() {
                            @Override
                            public void opened() {
                                opened++;
                            }

                            @Override
                            public void askedForNewer(int asked, int newest) {
                                throw new AssertionError("TensorFlow has one interface");
                            }
                        });
    }

    @Test
    void tellsTheOpsOfALibraryInCpp() throws Exception {
        List<Parameter> one = List.of(new Parameter("DT_INT32", Presence.REQUIRED));

        OpReport report = inspect("zero_out");

        assertThat(report).isInstanceOf(OpReport.Provides.class);
        OpSignature op = ((OpReport.Provides) report).ops().getFirst();
        assertThat(op.op()).hasToString("ZeroOut");
        assertThat(op.provider()).isEmpty();
        assertThat(op.inputs()).isEqualTo(one);
        assertThat(op.outputs()).isEqualTo(one);
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void tellsTheOpsOfALibraryInC() throws Exception {
        assertThat(inspect("add_one"))
                .isInstanceOfSatisfying(
                        OpReport.Provides.class,
                        found ->
                                assertThat(found.ops())
                                        .extracting(op -> op.op().name())
                                        .containsExactly("AddOne"));
    }

    @Test
    void tellsWhichOfTensorFlowsOwnOpsALibraryHasASecondKernelFor() throws Exception {
        assertThat(inspect("multiply"))
                .isInstanceOfSatisfying(
                        OpReport.Provides.class,
                        found ->
                                assertThat(found.ops())
                                        .extracting(op -> op.op().name())
                                        .containsExactly("Triple", "Mul"));
    }

    @Test
    void tellsWhyALibraryCannotBeOpened() throws Exception {
        assertThat(inspect("old_abi"))
                .isInstanceOfSatisfying(
                        OpReport.NotOpened.class,
                        found -> assertThat(found.reason()).contains("undefined symbol: _ZN10"));
        assertThat(opened).isZero();
        assertThat(new TfOpInspector(Bench.LIBRARY).inspect(Path.of("/nowhere/libnone.so"), null))
                .isInstanceOf(OpReport.NotOpened.class);
    }
}
