package dev.espalier.installer;

import java.io.PrintStream;
import java.util.List;

/// `espalier engine list`: the engines that are there, and those that can be installed.
///
/// @param releases those that can be installed
record EngineList(
        PackFolder distribution, PackFolder installed, Releases releases, PrintStream out) {
    void print() throws InstallException {
        List<Pack> theirs = distribution.packs();
        for (Pack pack : theirs) {
            print(pack, "came with the server");
        }
        List<Pack> own = installed.packs();
        for (Pack pack : own) {
            print(pack, "installed");
        }
        List<String> there = own.stream().map(Pack::name).toList();
        for (String name : releases.names()) {
            if (!there.contains(name)
                    && theirs.stream().noneMatch(pack -> pack.name().equals(name))) {
                out.printf("%-24s can be installed: espalier engine install %s%n", name, name);
            }
        }
    }

    private void print(Pack pack, String how) throws InstallException {
        out.printf("%-24s %s, %d MB in %s%n", pack.name(), how, pack.bytes() >> 20, pack.folder());
    }
}
