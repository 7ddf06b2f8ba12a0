package dev.espalier.abacus;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineKind;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the worker knows of it: its library is a text with its version.
final class AbacusKind implements EngineKind {
    @Override
    public String name() {
        return Abacus.NAME;
    }

    @Override
    public Engine open(Path library) throws EngineException {
        try {
            return new AbacusEngine(Files.readString(library).strip());
        } catch (IOException failure) {
            throw new EngineException("no abacus: " + failure, failure);
        }
    }

    @Override
    public OpInspector inspector(Path library) {
        return (file, progress) -> {
            try {
                int _ = answer(file);
            } catch (EngineException failure) {
                return new OpReport.NotOpened(String.valueOf(failure.getMessage()));
            }
            progress.opened();
            return new OpReport.Provides(
                    List.of(
                            new OpSignature(
                                    new OpName("", AbacusFile.OP),
                                    1,
                                    Integer.MAX_VALUE,
                                    "",
                                    0,
                                    List.of(),
                                    List.of())));
        };
    }

    /// Runs an op.
    static int answer(Path library) throws EngineException {
        try {
            return (int)
                    Linker.nativeLinker()
                            .downcallHandle(
                                    SymbolLookup.libraryLookup(library, Arena.global())
                                            .find(AbacusFile.OP)
                                            .orElseThrow(),
                                    FunctionDescriptor.of(ValueLayout.JAVA_INT))
                            .invokeExact();
        } catch (Throwable failure) {
            throw new EngineException("op library " + library + ": " + failure, failure);
        }
    }
}
