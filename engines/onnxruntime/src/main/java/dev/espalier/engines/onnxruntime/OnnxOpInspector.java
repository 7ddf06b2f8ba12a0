package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Looks into op libraries of ONNX Runtime.
public final class OnnxOpInspector implements OpInspector {
    private final OrtApi api;
    private final OpRegistrar registrar;

    /// Loads `libonnxruntime` for as long as the process lives.
    ///
    /// @param engineLibrary its path
    public OnnxOpInspector(Path engineLibrary) throws EngineException {
        this(OrtApi.load(engineLibrary));
    }

    OnnxOpInspector(OrtApi api) {
        this.api = api;
        this.registrar = new OpRegistrar(api);
    }

    @Override
    public OpReport inspect(Path library, Progress progress) {
        MemorySegment entry;
        try {
            entry = OpRegistrar.entry(library);
        } catch (EngineException failure) {
            return new OpReport.NotOpened(String.valueOf(failure.getMessage()));
        }
        progress.opened();
        int newest = api.newestTable();
        AtomicInteger asked = new AtomicInteger();
        try (SessionOptions options = new SessionOptions(api, Map.of())) {
            OpRegistrar.Registration registration =
                    registrar.register(
                            entry,
                            options.address(),
                            version -> {
                                asked.set(version);
                                progress.askedForNewer(version, newest);
                            });
            if (registration.refusal().isEmpty()) {
                return new OpReport.Provides(signatures(registration.domains()));
            }
            return asked.get() > 0
                    ? new OpReport.NewerApi(asked.get(), newest)
                    : new OpReport.Refused(registration.refusal());
        } catch (EngineException failure) {
            return new OpReport.Refused(String.valueOf(failure.getMessage()));
        }
    }

    private static List<OpSignature> signatures(List<OpRegistrar.Domain> domains) {
        List<OpSignature> signatures = new ArrayList<>();
        for (OpRegistrar.Domain domain : domains) {
            for (long op : domain.ops()) {
                signatures.add(new CustomOp(op).signature(domain.name()));
            }
        }
        return signatures;
    }
}
