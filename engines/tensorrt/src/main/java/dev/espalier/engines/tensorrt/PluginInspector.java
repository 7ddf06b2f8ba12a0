package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks into plug-in libraries of TensorRT. Needs no GPU.
public final class PluginInspector implements OpInspector {
    private final TrtApi api;
    private final Registry registry;

    /// Opens `libnvinfer` for as long as the process lives.
    ///
    /// @param engineLibrary its path
    public PluginInspector(Path engineLibrary) throws EngineException {
        api = TrtApi.open(engineLibrary);
        registry = new Registry(api, api.processRegistry());
    }

    @Override
    public OpReport inspect(Path library, Progress progress) {
        List<Long> before;
        NativeLibrary opened;
        try {
            before = registry.creators();
            opened = PluginLibraries.open(library);
        } catch (EngineException failure) {
            return new OpReport.NotOpened(String.valueOf(failure.getMessage()));
        }
        progress.opened();
        try {
            new PluginLibraries(registry).take(library, opened);
            List<Long> creators = new ArrayList<>(registry.creators());
            creators.removeAll(before);
            return new OpReport.Provides(Registry.signatures(creators));
        } catch (EngineException failure) {
            return new OpReport.Refused(String.valueOf(failure.getMessage()));
        }
    }
}
