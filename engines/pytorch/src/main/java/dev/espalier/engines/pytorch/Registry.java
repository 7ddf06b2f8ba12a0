package dev.espalier.engines.pytorch;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DispatchKeyOptional;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.Library;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.global.torch.DispatchKey;

/// The ops that libtorch knows at a moment, each with the text in which it tells of its kernels.
record Registry(Map<String, Op> ops) {
    /// What libtorch tells of kernels that runs on a CPU may call begins so.
    private static final String[] OF_CPU = {
        "CPU",
        "Composite",
        "Autograd[",
        "AutogradCPU",
        "AutocastCPU",
        "BackendSelect",
        "ADInplace",
        "catchall"
    };

    Registry {
        ops = Map.copyOf(ops);
    }

    /// One op, or one of its overloads.
    ///
    /// @param name without that of the overload, such as `aten::add`
    /// @param defined whether it has a schema: kernels can be registered for an op that nobody defines
    /// @param onCpu whether a kernel of it runs on a CPU
    /// @param kernels in libtorch's words
    record Op(String name, boolean defined, boolean onCpu, String kernels) {
        private Set<String> kernelsOfCpu() {
            return kernels.lines()
                    .filter(line -> Arrays.stream(OF_CPU).anyMatch(line::startsWith))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        /// Whether it has a kernel that runs on a CPU may call and that it had not before.
        boolean hasMoreThan(Op before) {
            return !before.kernelsOfCpu().containsAll(kernelsOfCpu());
        }
    }

    static Registry now() {
        Map<String, Op> ops = new TreeMap<>();
        try (PointerScope _ = new PointerScope()) {
            OperatorName names = Dispatcher.singleton().getAllOpNames();
            long count = names.limit();
            for (long i = 0; i < count; i++) {
                try (PointerScope _ = new PointerScope()) {
                    OperatorName name = names.getPointer(i);
                    String plain = LibTorch.text(name.name());
                    String overload = LibTorch.text(name.overload_name());
                    OperatorHandle op = Dispatcher.singleton().findOp(name).get();
                    ops.put(
                            overload.isEmpty() ? plain : plain + "." + overload,
                            new Op(
                                    plain,
                                    op.hasSchema(),
                                    op.hasComputedKernelForDispatchKey(DispatchKey.CPU),
                                    LibTorch.text(op.dumpState())));
                }
            }
        }
        return new Registry(ops);
    }

    /// The namespaces of all of them.
    Set<String> namespaces() {
        return ops.values().stream()
                .map(op -> namespace(op.name()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static String namespace(String op) {
        int end = op.indexOf("::");
        return end < 0 ? "" : op.substring(0, end);
    }

    /// Whether a library has registered the namespace for itself alone. Does so too where none has.
    static boolean isTaken(String namespace) {
        try (PointerScope _ = new PointerScope()) {
            Library library =
                    new Library(
                            Library.Kind.DEF,
                            new BytePointer(namespace),
                            new DispatchKeyOptional(),
                            new BytePointer("espalier"),
                            0);
            // Its end would take the namespace back; this process does not last.
            Library _ = library.retainReference();
            return false;
        } catch (RuntimeException _) {
            return true;
        }
    }
}
