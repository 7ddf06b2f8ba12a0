package dev.espalier.engines.pytorch;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Looks into op libraries of PyTorch. A library provides what libtorch knows with it and not without: the ops that
/// it defines. Told too, for they clash in a process: the namespaces that it has for itself, as ops called
/// `TORCH_LIBRARY(name)`, and the ops of others that it has kernels for. What a library registers stays with the
/// process, so one process looks into one library.
final class TorchOpInspector implements OpInspector {
    /// Where the kernels of an op run that has none for the CPU.
    private static final String ELSEWHERE = "other devices";

    /// Whose op it is for which a library has kernels alone.
    private static final String ANOTHERS = "another library's definition";

    /// @param library the path of `libtorch`
    TorchOpInspector(Path library) throws EngineException {
        String _ = LibTorch.load(library);
    }

    @Override
    public OpReport inspect(Path library, Progress progress) {
        Registry before = Registry.now();
        try {
            OpLibraryFile.open(library);
        } catch (EngineException failure) {
            return new OpReport.NotOpened(String.valueOf(failure.getMessage()));
        }
        progress.opened();
        Registry after = Registry.now();
        Map<String, String> provided = new TreeMap<>();
        Set<String> namespaces = new TreeSet<>();
        after.ops()
                .forEach((name, op) -> {
                    Registry.Op earlier = before.ops().get(name);
                    if (earlier == null) {
                        namespaces.add(Registry.namespace(op.name()));
                        String provider = op.defined() ? (op.onCpu() ? "" : ELSEWHERE) : ANOTHERS;
                        provided.merge(op.name(), provider, TorchOpInspector::nearer);
                    } else if (op.hasMoreThan(earlier)) {
                        provided.put(op.name(), "");
                    }
                });
        namespaces.removeAll(before.namespaces());
        for (String namespace : namespaces) {
            if (Registry.isTaken(namespace)) {
                provided.put("TORCH_LIBRARY(%s)".formatted(namespace), "");
            }
        }
        List<OpSignature> signatures = new ArrayList<>();
        provided.forEach((name, provider) -> signatures.add(signature(name, provider)));
        return new OpReport.Provides(signatures);
    }

    /// Of two overloads the one that runs here.
    private static String nearer(String one, String other) {
        return one.isEmpty() ? one : other;
    }

    private static OpSignature signature(String name, String provider) {
        return new OpSignature(
                new OpName("", name), 1, Integer.MAX_VALUE, provider, 0, List.of(), List.of());
    }
}
