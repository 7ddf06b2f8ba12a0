package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfHeader;
import dev.espalier.server.ops.elf.LinkedLibraries.Missing;
import dev.espalier.server.ops.elf.LinkedLibraries.Newer;
import dev.espalier.server.ops.elf.Machine;
import dev.espalier.server.ops.elf.SymbolName;
import java.util.List;
import java.util.stream.Collectors;

/// What is wrong with a library, seen by reading its file: nothing of it has run.
public sealed interface FileFault extends Fault {
    /// How many symbols a message names.
    int NAMED_SYMBOLS = 3;

    /// What the loader needs depends on the machine, so a file is read again each time.
    @Override
    default boolean lasting() {
        return false;
    }

    record NotReadable(String reason) implements FileFault {
        @Override
        public String text() {
            return "cannot be read: " + reason;
        }
    }

    record NotElf(String seen) implements FileFault {
        @Override
        public String text() {
            return "is not an ELF file: " + seen + "; build it as a shared library for Linux";
        }
    }

    /// @param title what it should be
    record NotArchive(String title, String seen) implements FileFault {
        @Override
        public String text() {
            return "is not a whole %s: %s".formatted(title, seen);
        }
    }

    record Truncated(String seen) implements FileFault {
        @Override
        public String text() {
            return "is truncated: " + seen + "; copy it again";
        }
    }

    record Damaged(String seen) implements FileFault {
        @Override
        public String text() {
            return "is damaged: it has " + seen + "; copy or build it again";
        }
    }

    record OtherMachine(ElfHeader header, Machine here) implements FileFault {
        @Override
        public String text() {
            return "is for %s (expected: %s, as this machine is)"
                    .formatted(header.machineText(), here.text());
        }
    }

    /// @param kind what it is instead
    record NotShared(String kind) implements FileFault {
        @Override
        public String text() {
            return "is %s (expected: a shared library; link it with -shared)".formatted(kind);
        }
    }

    /// @param expected what op libraries are told by
    record NoOpMark(String expected) implements FileFault {
        @Override
        public String text() {
            return "is no op library: nothing in it is made for an engine (expected: %s)"
                    .formatted(expected);
        }
    }

    /// An engine itself: each worker has its own, and a second one in its process would be one too many.
    ///
    /// @param engine its name for people
    record EngineLibrary(String engine) implements FileFault {
        @Override
        public String text() {
            return "is %s itself, which each worker has already (expected: an op library); take it away"
                    .formatted(engine);
        }
    }

    /// @param engines those that it is for
    /// @param expected the engine that it would have to be for
    record OtherEngine(List<OpEngine> engines, String expected) implements FileFault {
        public OtherEngine {
            engines = List.copyOf(engines);
        }

        @Override
        public String text() {
            return "has ops for %s (expected: for %s)"
                    .formatted(
                            engines.stream().map(OpEngine::title).collect(Collectors.joining(", ")),
                            expected);
        }
    }

    /// @param searched where they were looked for
    record MissingLibraries(List<Missing> missing, String searched) implements FileFault {
        public MissingLibraries {
            missing = List.copyOf(missing);
        }

        @Override
        public String text() {
            List<String> beside =
                    missing.stream().filter(Missing::beside).map(Missing::name).toList();
            if (!beside.isEmpty()) {
                return "needs %s, which lies beside it, where the loader does not look; link it with -Wl,-rpath,'$ORIGIN'"
                        .formatted(String.join(", ", beside));
            }
            return "needs %s, not found in %s; install it, or start the server with its folder in"
                            .formatted(
                                    missing.stream()
                                            .map(each ->
                                                    each.by().isEmpty()
                                                            ? each.name()
                                                            : each.name()
                                                                    + " (for "
                                                                    + each.by()
                                                                    + ")")
                                            .collect(Collectors.joining(", ")),
                                    searched)
                    + " LD_LIBRARY_PATH";
        }
    }

    record NewerVersions(List<Newer> newer) implements FileFault {
        public NewerVersions {
            newer = List.copyOf(newer);
        }

        @Override
        public String text() {
            return "needs "
                    + newer.stream()
                            .map(each ->
                                    "%s of %s, which has %s here"
                                            .formatted(
                                                    each.version(),
                                                    each.library(),
                                                    each.here().isEmpty()
                                                            ? "no such versions"
                                                            : each.here() + " at most"))
                            .collect(Collectors.joining(", and "))
                    + "; build it on a system no newer than this one";
        }
    }

    record UndefinedSymbols(List<String> symbols) implements FileFault {
        public UndefinedSymbols {
            symbols = List.copyOf(symbols);
        }

        @Override
        public String text() {
            int more = symbols.size() - NAMED_SYMBOLS;
            return "needs %s%s, which no library that it names has; %s"
                    .formatted(
                            symbols.stream()
                                    .limit(NAMED_SYMBOLS)
                                    .map(SymbolName::readable)
                                    .collect(Collectors.joining(", ")),
                            more > 0 ? " and %d more symbols".formatted(more) : "",
                            ofPython()
                                    ? "it is an extension of Python: take the build for C or Java"
                                    : "link it with the library that has what is missing");
        }

        private boolean ofPython() {
            return symbols.stream()
                    .anyMatch(symbol -> symbol.startsWith("Py") || symbol.startsWith("_Py"));
        }
    }
}
