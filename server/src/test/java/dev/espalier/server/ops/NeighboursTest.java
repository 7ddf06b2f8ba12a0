package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// What belongs to an op library because it finds it by its own place; with libraries of a real linker.
@Timeout(60)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class NeighboursTest {
    @TempDir Path root;
    private Path ops;

    @BeforeEach
    void place() {
        Gcc.assumeThere();
        ops = root.resolve("m/1/ops");
    }

    private OpLibrary kept(Path library, boolean beside) throws ServingException {
        return new OpStore(root.resolve("store"), TestLibraries.READER).keep(library, beside);
    }

    private List<String> parts(Path library, boolean beside) throws ServingException {
        return kept(library, beside).parts().stream()
                .map(part -> part.name() + (part.needed() ? "!" : ""))
                .toList();
    }

    private static Path helper(Path file) throws Exception {
        return Gcc.library(file, "helper", "-Wl,-soname," + file.getFileName(), "-Wl,--as-needed");
    }

    @Test
    void followsTheLibrarysOwnPlace() throws Exception {
        Path beside = helper(ops.resolve("libbeside.so.1"));
        Path below = helper(ops.resolve("lib/libbelow.so"));
        Path library =
                Gcc.opLibrary(
                        ops.resolve("libop.so"), "-Wl,-rpath,$ORIGIN:${ORIGIN}/lib", beside, below);
        assertThat(parts(library, false)).containsExactly("lib/libbelow.so!", "libbeside.so.1!");
        OpLibrary kept = kept(library, false);
        assertThat(kept.stored().resolveSibling("lib/libbelow.so"))
                .hasSameBinaryContentAs(below)
                .hasParentRaw(kept.root().resolve("lib"));
        assertThat(TestLibraries.loadCheck().fault(kept.stored())).isEmpty();
        Files.delete(below);
        assertThat(TestLibraries.loadCheck().fault(kept(library, false).stored()))
                .hasValueSatisfying(
                        fault -> assertThat(fault.text()).startsWith("needs libbelow.so, not"));
    }

    @Test
    void followsWhatThePartsNeedInTurn() throws Exception {
        Path last = helper(root.resolve("m/vendor.libs/liblast.so"));
        Path first =
                Gcc.library(
                        root.resolve("m/vendor.libs/libfirst.so"),
                        "first",
                        "-Wl,-soname,libfirst.so",
                        last);
        Path library =
                Gcc.opLibrary(
                        root.resolve("m/vendor/libop.so"),
                        "-Wl,--disable-new-dtags,-rpath,$ORIGIN/../vendor.libs",
                        first,
                        "-Wl,-rpath-link," + last.getParent());
        assertThat(parts(library, false))
                .containsExactly("../vendor.libs/libfirst.so!", "../vendor.libs/liblast.so!");
        OpLibrary kept = kept(library, false);
        assertThat(kept.root().relativize(kept.stored())).hasToString("vendor/libop.so");
        assertThat(TestLibraries.loadCheck().fault(kept.stored())).isEmpty();
    }

    @Test
    void takesFilesBesideItWhereFoldersAreForOpLibraries() throws Exception {
        Path library = Gcc.opLibrary(ops.resolve("libop.so"));
        Gcc.opLibrary(ops.resolve("libother.so"));
        Gcc.file(ops.resolve("weights.bin"), "weights");
        Gcc.file(ops.resolve("x.libs/libgrafted.so"), "any");
        Gcc.file(ops.resolve("data/table"), "not beside it");
        Gcc.file(ops.resolve("libop.so.sha256"), "says what it must be");
        Gcc.file(ops.resolve(".hidden"), "an editor's");
        Gcc.library(ops.resolve("libonnxruntime.so.1"), "engine");
        assertThat(parts(library, true)).containsExactly("weights.bin", "x.libs/libgrafted.so");
        assertThat(parts(library, false)).isEmpty();
    }

    @Test
    void takesTheFolderOfItsNameFromElsewhere() throws Exception {
        Path library = Gcc.opLibrary(ops.resolve("libop.so"));
        Gcc.file(ops.resolve("op.libs/libgrafted.so.3"), "any");
        Gcc.file(ops.resolve("another.libs/libgrafted.so.3"), "any");
        assertThat(parts(library, false)).containsExactly("op.libs/libgrafted.so.3");
    }

    @Test
    void takesNoEngineAndNothingFarAway() throws Exception {
        Path engine =
                Gcc.library(
                        ops.resolve("libonnxruntime.so.1"),
                        "engine",
                        "-Wl,-soname,libonnxruntime.so.1");
        Path far = helper(root.resolve("libfar.so"));
        Path library =
                Gcc.opLibrary(
                        ops.resolve("libop.so"),
                        "-Wl,-rpath,$ORIGIN:$ORIGIN/../../..",
                        engine,
                        far);
        assertThat(parts(library, true)).isEmpty();
    }

    @Test
    void isAnotherLibraryWithAnotherNeighbour() throws Exception {
        Path library = Gcc.opLibrary(ops.resolve("libop.so"));
        OpLibrary alone = kept(library, true);
        assertThat(alone.sha256()).isEqualTo(alone.content());
        Gcc.file(ops.resolve("weights.bin"), "old");
        OpLibrary old = kept(library, true);
        Gcc.file(ops.resolve("weights.bin"), "new");
        OpLibrary fresh = kept(library, true);
        assertThat(List.of(alone, old, fresh))
                .extracting(OpLibrary::sha256)
                .doesNotHaveDuplicates();
        assertThat(List.of(alone, old, fresh))
                .extracting(OpLibrary::content)
                .containsOnly(alone.content());
        assertThat(old.stored().resolveSibling("weights.bin")).hasContent("old");
        assertThat(fresh.stored().resolveSibling("weights.bin")).hasContent("new");
    }

    @Test
    void wantsEachPartToBeAllowed() throws Exception {
        Path library = Gcc.opLibrary(ops.resolve("libop.so"));
        Gcc.file(ops.resolve("weights.bin"), "abc");
        OpLibrary kept = kept(library, true);
        Path list = Gcc.file(root.resolve("allowed"), kept.content());
        assertThat(Trust.listedIn(list).fault(kept))
                .hasValueSatisfying(fault ->
                        assertThat(fault.text())
                                .startsWith("has a part, weights.bin, with SHA-256 ba7816bf"));
        Gcc.file(list, kept.content() + "\n" + kept.parts().getFirst().sha256() + "\n");
        assertThat(Trust.listedIn(list).fault(kept)).isEmpty();
    }

    @Test
    void refusesAFolderOfEverything() throws Exception {
        Path library = Gcc.opLibrary(ops.resolve("libop.so"));
        for (int i = 0; i <= 500; i++) {
            Gcc.file(ops.resolve("file" + i), "");
        }
        assertThatThrownBy(() -> kept(library, true))
                .hasMessageContaining("more than 500 files belong to it");
    }

    @Test
    void saysWhatLiesWhereTheLoaderDoesNotLook() throws Exception {
        Path helper = helper(ops.resolve("libhelper.so"));
        Path library = Gcc.opLibrary(ops.resolve("libop.so"), helper);
        assertThat(TestLibraries.loadCheck().fault(kept(library, true).stored()))
                .hasValueSatisfying(fault ->
                        assertThat(fault.text())
                                .isEqualTo(
                                        "needs libhelper.so, which lies beside it, where the loader does not look; link it with -Wl,-rpath,'$ORIGIN'"));
    }

    @Test
    void countsAnEnginesNamesAsThere() throws Exception {
        Path engine =
                Gcc.library(
                        root.resolve("pack/libonnxruntime.so"),
                        "OrtGetApiBase",
                        "-Wl,-soname,libonnxruntime.so.1");
        Path library = Gcc.opLibrary(ops.resolve("libop.so"), engine);
        assertThat(TestLibraries.loadCheck().fault(library))
                .containsInstanceOf(FileFault.MissingLibraries.class);
        var machine = new SharedLibraries(TestLibraries.MACHINE, "");
        assertThat(machine.provided(engine)).isEqualTo(Map.of("libonnxruntime.so.1", engine));
        assertThat(
                        new LoadCheck(
                                        TestLibraries.ENGINES,
                                        machine,
                                        List.of(),
                                        machine.provided(engine))
                                .fault(library))
                .isEmpty();
    }
}
