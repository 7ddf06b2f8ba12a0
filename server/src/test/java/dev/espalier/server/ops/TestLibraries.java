package dev.espalier.server.ops;

import dev.espalier.server.EngineList;
import dev.espalier.server.ops.elf.Machine;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The op libraries of the tree, which `tests/ops/build.sh` builds.
public final class TestLibraries {
    public static final Path ROOT = Path.of(System.getProperty("espalier.root"));

    /// This machine, as x86-64: what the committed libraries are built for.
    public static final Machine MACHINE = Machine.named("amd64");

    public static final OpEngines ENGINES = EngineList.ALL.ops();
    public static final LibraryReader READER = new LibraryReader(MACHINE, ENGINES);

    private TestLibraries() {}

    public static Path path(String name) {
        return ROOT.resolve("tests/ops/x86-64/lib" + name + ".so");
    }

    public static LoadCheck loadCheck() {
        return new LoadCheck(ENGINES, new SharedLibraries(MACHINE, ""), List.of(), Map.of());
    }
}
