package dev.espalier.server;

import dev.espalier.server.ops.PreloadList;
import dev.espalier.server.ops.elf.Machine;
import dev.espalier.server.ops.elf.SharedLibraries;

/// Tells the launcher which of the names in `LD_PRELOAD` the server's process may have: those that are
/// no op libraries. A process of its own, because the loader has done its work before the server's
/// first instruction.
public final class PreloadMain {
    private PreloadMain() {}

    /// @param arguments the values of `LD_PRELOAD` and `LD_LIBRARY_PATH`
    public static void main(String[] arguments) {
        SharedLibraries machine =
                new SharedLibraries(Machine.named(System.getProperty("os.arch")), arguments[1]);
        System.out.println(
                new PreloadList(arguments[0], machine, EngineList.ALL.ops()).remaining());
    }
}
