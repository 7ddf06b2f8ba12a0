package dev.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The commands that look into op libraries without a server. No engine is installed here: what takes one is
/// tested with the distribution (`tests/ops/verdicts.sh`).
@Timeout(60)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class OpsMainTest {
    private static final Path ROOT = Path.of(System.getProperty("espalier.root"));
    @TempDir Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) throws Exception {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--state-directory=" + folder.resolve("state"));
        all.add("--engine-directory=" + folder.resolve("no-engines"));
        return OpsMain.run(
                all.toArray(String[]::new),
                Map.of(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String library(String name) {
        return ROOT.resolve("tests/ops/x86-64/lib" + name + ".so").toString();
    }

    @Test
    void endsACheckWithAVerdictAndAnExitCode() throws Exception {
        assertThat(run("check", library("truncated"))).isEqualTo(1);
        assertThat(lines().getLast())
                .startsWith("REFUSED: op library libtruncated.so@")
                .endsWith("has 2860 bytes; copy it again");
        assertThat(run("check", folder.resolve("none.so").toString())).isEqualTo(1);
        assertThat(lines().getLast())
                .isEqualTo("REFUSED: op library none.so cannot be read: there is no such file");
    }

    @Test
    void saysThatThereIsNoEngineToTryALibraryWith() throws Exception {
        assertThat(run("check", library("scale_by_2"))).isEqualTo(1);
        assertThat(lines().getLast())
                .endsWith(
                        "cannot be looked into: the probe has no engine onnxruntime to try it with; install it with: espalier engine install onnxruntime");
    }

    @Test
    void explainsWhichOpsAModelMisses() throws Exception {
        String repository = ROOT.resolve("tests/models/ops").toString();
        assertThat(run("explain", repository, "missing_op")).isEqualTo(1);
        assertThat(lines()).contains("  test.missing:Nope (version 1)", "    from no library");
        assertThat(lines().getLast())
                .startsWith(
                        "REFUSED: model 'missing_op' version 1 cannot be served: op test.missing:Nope (version 1) is provided by no op library (looked in ");
    }

    @Test
    void explainsThatAModelNeedsNothing() throws Exception {
        String repository = ROOT.resolve("tests/models/repository").toString();
        assertThat(run("explain", repository, "simple")).isZero();
        assertThat(lines()).contains("op set: no ops");
        assertThat(lines().getLast()).isEqualTo("OK: model 'simple' version 1 can be served");
    }

    @Test
    void saysHowItIsAsked() throws Exception {
        for (String[] wrong : new String[][] {{}, {"check"}, {"explain", "/r"}, {"list"}}) {
            assertThat(run(wrong)).isEqualTo(2);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .startsWith("espalier ops check <library> ...");
        }
        Files.createDirectory(folder.resolve("empty"));
        assertThat(run("explain", folder.resolve("empty").toString(), "m")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("espalier: model 'm' is in no repository");
        assertThat(run("check", "--op-shelve=x", library("scale_by_2"))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("espalier: ");
    }
}
