package dev.espalier.installer;

import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Collectors;

/// `espalier engine remove`: removes packs that were installed.
record Removal(PackFolder distribution, PackFolder installed, PrintStream out) {
    void remove(String name) throws InstallException {
        Optional<Pack> pack = installed.find(name);
        if (pack.isPresent()) {
            installed.remove(pack.get());
            out.println(name + " is removed");
            return;
        }
        Optional<Pack> theirs = distribution.find(name);
        throw new InstallException(
                theirs.isPresent()
                        ? "%s came with the server: %s (expected: an engine that was installed)"
                                .formatted(name, theirs.get().folder())
                        : "engine '%s' is not installed (installed in %s: %s)"
                                .formatted(
                                        name,
                                        installed.path(),
                                        installed.packs().isEmpty()
                                                ? "none"
                                                : installed.packs().stream()
                                                        .map(Pack::name)
                                                        .collect(Collectors.joining(", "))));
    }
}
