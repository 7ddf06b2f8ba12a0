package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import java.util.ArrayList;
import java.util.List;

/// Kernels that are registered with TensorFlow in this process (`KernelList`, `kernel_def.proto`); one that
/// is registered twice is there twice. The numbers in the code are the messages' field numbers.
record KernelList(List<Kernel> kernels) {
    KernelList {
        kernels = List.copyOf(kernels);
    }

    /// All of them.
    static KernelList registered(TfApi api) throws EngineException {
        try (Status status = new Status(api);
                TfBuffer list =
                        new TfBuffer(
                                api,
                                api.call(
                                        TfFunction.GET_ALL_REGISTERED_KERNELS, status.address()))) {
            status.check("listing the kernels");
            return read(new ProtoReader(list.data()));
        }
    }

    private static KernelList read(ProtoReader list) throws EngineException {
        List<Kernel> kernels = new ArrayList<>();
        while (list.next()) {
            if (list.field() == 1) {
                kernels.add(Kernel.read(list.message()));
            } else {
                list.skip();
            }
        }
        return new KernelList(kernels);
    }

    /// Those that are here more often than in `other`.
    KernelList without(KernelList other) {
        List<Kernel> rest = new ArrayList<>(kernels);
        other.kernels.forEach(rest::remove);
        return new KernelList(rest);
    }

    /// Those that TensorFlow cannot tell from one in `other`.
    List<Kernel> clashingWith(KernelList other) {
        return kernels.stream()
                .filter(kernel -> other.kernels.stream().anyMatch(kernel::clashesWith))
                .toList();
    }

    /// The kind of device that runs the op; empty for the CPU, and where there is no kernel to tell.
    String device(String op) {
        List<String> devices =
                kernels.stream()
                        .filter(kernel -> kernel.op().equals(op))
                        .map(Kernel::device)
                        .distinct()
                        .toList();
        return devices.isEmpty() || devices.contains("CPU") || devices.contains("DEFAULT")
                ? ""
                : devices.getFirst();
    }
}
