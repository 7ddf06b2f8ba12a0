package dev.espalier.server.engines.pytorch;

import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/// The ops that PyTorch has itself: a list that libtorch gave (`BuiltInOpsTest` of the engine writes and compares it),
/// since the server asks no engine.
final class PyTorchOps {
    /// Any model may use any of them: most stand in no file, for another op calls them.
    static final Set<OpNeed> BUILT_IN = read("pytorch-ops.txt");

    private PyTorchOps() {}

    /// Some of `prim` are in no list: the interpreter is made of them.
    static boolean has(String op) {
        return op.startsWith("prim::") || op.startsWith("aten::") || BUILT_IN.contains(need(op));
    }

    static OpNeed need(String op) {
        return new OpNeed(new OpName("", op), 1);
    }

    private static Set<OpNeed> read(String resource) {
        try (InputStream list = PyTorchOps.class.getResourceAsStream(resource)) {
            if (list == null) {
                throw new IllegalStateException(resource + " is missing in the server's jar");
            }
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(PyTorchOps::need)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
