package dev.espalier.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import dev.espalier.tensor.OpSignature.Presence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// What real libraries say of themselves; those that do no harm to the process that opens them.
@Timeout(60)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class OnnxOpInspectorTest {
    private static final Parameter FLOATS = new Parameter("FP32", Presence.REQUIRED);

    private final List<String> progress = new ArrayList<>();

    private OpReport inspect(Path library) throws EngineException {
        OpInspector inspector = new OnnxOpInspector(Models.ENGINE_LIBRARY);
        return inspector.inspect(
                library,
                new OpInspector.Progress() {
                    @Override
                    public void opened() {
                        progress.add("opened");
                    }

                    @Override
                    public void askedForNewer(int asked, int newest) {
                        progress.add("asked for %d of %d".formatted(asked, newest));
                    }
                });
    }

    private static Path library(String name) {
        return Models.ROOT.resolve("tests/ops/x86-64/lib" + name + ".so");
    }

    @Test
    void readsAllThatAnOpSaysOfItself() throws EngineException {
        assertThat(inspect(library("several")))
                .isEqualTo(
                        new OpReport.Provides(
                                List.of(
                                        new OpSignature(
                                                new OpName("test.several", "Mixed"),
                                                2,
                                                4,
                                                "CPUExecutionProvider",
                                                20,
                                                List.of(
                                                        FLOATS,
                                                        new Parameter("INT64", Presence.OPTIONAL),
                                                        new Parameter("any", Presence.VARIADIC)),
                                                List.of(FLOATS)),
                                        new OpSignature(
                                                new OpName("test.several", "Plain"),
                                                1,
                                                Integer.MAX_VALUE,
                                                "",
                                                20,
                                                List.of(FLOATS),
                                                List.of(FLOATS)))));
        assertThat(progress).containsExactly("opened");
    }

    @Test
    void readsLibrariesOfOthers() throws EngineException {
        assertThat(inspect(ExtensionsTest.LIBRARY))
                .isInstanceOfSatisfying(
                        OpReport.Provides.class,
                        report ->
                                assertThat(report.ops())
                                        .hasSizeGreaterThan(60)
                                        .extracting(OpSignature::op)
                                        .contains(new OpName("ai.onnx.contrib", "BertTokenizer")));
    }

    @Test
    void tellsWhichInterfaceALibraryMisses() throws EngineException {
        assertThat(inspect(library("newer_api_checked")))
                .isEqualTo(new OpReport.NewerApi(1000, 29));
        assertThat(progress).containsExactly("opened", "asked for 1000 of 29");
    }

    @Test
    void saysWhyALibraryCannotBeOpened() throws EngineException {
        assertThat(inspect(library("undefined")))
                .isInstanceOfSatisfying(
                        OpReport.NotOpened.class,
                        report ->
                                assertThat(report.reason())
                                        .endsWith(
                                                "undefined symbol: espalier_function_that_nobody_has"));
        assertThat(inspect(library("plain")))
                .isEqualTo(
                        new OpReport.NotOpened(
                                "it has no RegisterCustomOps (expected: an op library)"));
        assertThat(progress).isEmpty();
    }
}
