package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks into op libraries of TensorFlow. A library provides the ops that it defines, and those of TensorFlow's
/// own that it has a kernel for where TensorFlow has one already. What a library registers stays with the process, so one process
/// looks into one library.
public final class TfOpInspector implements OpInspector {
    private final TfApi api;

    /// Loads TensorFlow for as long as the process lives.
    ///
    /// @param engineLibrary the path of `libtensorflow_cc`
    public TfOpInspector(Path engineLibrary) throws EngineException {
        this(TfApi.load(engineLibrary));
    }

    TfOpInspector(TfApi api) {
        this.api = api;
    }

    @Override
    public OpReport inspect(Path library, Progress progress) {
        try {
            KernelList before = KernelList.registered(api);
            List<OpDefinition> defined;
            try {
                defined = OpLibraryLoader.open(api, library);
            } catch (EngineException failure) {
                return new OpReport.NotOpened(String.valueOf(failure.getMessage()));
            }
            progress.opened();
            KernelList added = KernelList.registered(api).without(before);
            List<OpSignature> signatures = new ArrayList<>();
            defined.forEach(op -> signatures.add(op.signature(added.device(op.name()))));
            for (Kernel kernel : added.clashingWith(before)) {
                signatures.add(kernel.signature());
            }
            return new OpReport.Provides(signatures);
        } catch (EngineException failure) {
            return new OpReport.Refused(String.valueOf(failure.getMessage()));
        }
    }
}
