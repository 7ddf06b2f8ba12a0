package dev.espalier.engines.tensorrt;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// TensorRT, which runs plans on the first GPU. Plug-in libraries stay open as long as the process lives; all
/// models of the process have their plug-ins.
public final class TensorRtEngine implements Engine {
    private static final String STANDARD_PLUGINS = "initLibNvInferPlugins";
    private static final String MISSING_PLUGIN = "Cannot find plugin";

    private final TrtApi api;
    private boolean standardPlugins;

    /// Null until the first model is loaded: without a GPU an engine knows its version and no more.
    private @Nullable Device device;

    /// What needs a GPU.
    private record Device(Cuda cuda, long runtime, PluginLibraries plugins) {}

    /// Opens `libnvinfer` for as long as the process lives.
    ///
    /// @param library its path
    /// @throws EngineException when it cannot be opened, or its functions are not where they are expected
    public TensorRtEngine(Path library) throws EngineException {
        api = TrtApi.open(library);
    }

    @Override
    public String name() {
        return "tensorrt";
    }

    @Override
    public String version() {
        return api.version();
    }

    @Override
    public LoadedModel load(ModelSource source) throws EngineException {
        Device opened = device();
        opened.cuda.enter();
        opened.plugins.open(source.opLibraries());
        PlanOptions options = PlanOptions.of(source.parameters());
        return new TrtModel(api, opened.cuda, deserialise(opened, source), options);
    }

    private Device device() throws EngineException {
        Device known = device;
        if (known == null) {
            Cuda cuda = Cuda.open();
            cuda.enter();
            long runtime = runtime();
            Registry registry =
                    new Registry(
                            api,
                            NativeCall.call(
                                    api.function(runtime, Method.PLUGIN_REGISTRY), runtime));
            registry.check();
            known = new Device(cuda, runtime, new PluginLibraries(registry));
            device = known;
        }
        return known;
    }

    /// What does the work of a new runtime, once it has shown that its table is the one expected.
    private long runtime() throws EngineException {
        long object = api.createRuntime();
        if (object == 0) {
            throw new EngineException("TensorRT does not start: " + api.logger().take());
        }
        long runtime = TrtApi.worker(object);
        long allow = api.function(runtime, Method.SET_HOST_CODE_ALLOWED);
        long allowed = api.function(runtime, Method.HOST_CODE_ALLOWED);
        for (long value : new long[] {1, 0}) {
            long _ = NativeCall.call(allow, runtime, value);
            if ((NativeCall.call(allowed, runtime) & 1) != value) {
                throw api.unknownTables("a runtime does not keep what it was told");
            }
        }
        long logger = NativeCall.call(api.function(runtime, Method.LOGGER), runtime);
        if (logger != api.logger().address()) {
            throw api.unknownTables("a runtime has another logger than it was given");
        }
        return runtime;
    }

    private long deserialise(Device opened, ModelSource source) throws EngineException {
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(source.file())) {
            MemorySegment plan = file.map(MapMode.READ_ONLY, 0, file.size(), arena);
            api.logger().forget();
            long engine = deserialise(opened, plan);
            String said = engine == 0 ? api.logger().take() : "";
            if (said.contains(MISSING_PLUGIN) && openStandardPlugins()) {
                engine = deserialise(opened, plan);
                said = engine == 0 ? api.logger().take() : "";
            }
            if (engine == 0) {
                throw new EngineException(
                        "loading %s with %s: TensorRT says: %s"
                                .formatted(
                                        source.file().getFileName(),
                                        libraries(source.opLibraries()),
                                        said.isEmpty() ? "nothing; " + opened.cuda.left() : said));
            }
            return engine;
        } catch (IOException failure) {
            throw new EngineException(
                    "%s cannot be read: %s".formatted(source.file(), failure.getMessage()),
                    failure);
        }
    }

    private long deserialise(Device opened, MemorySegment plan) throws EngineException {
        return NativeCall.call(
                api.function(opened.runtime, Method.DESERIALIZE),
                opened.runtime,
                plan.address(),
                plan.byteSize());
    }

    private static String libraries(List<Path> libraries) {
        return libraries.isEmpty()
                ? "no plug-in library"
                : libraries.stream()
                        .map(library -> String.valueOf(library.getFileName()))
                        .collect(Collectors.joining(", ", "plug-in libraries ", ""));
    }

    /// Has the standard plug-ins registered, which take their time and memory, once a plan wants one.
    ///
    /// @return whether that is news
    private boolean openStandardPlugins() throws EngineException {
        Path file = api.standardPlugins();
        if (standardPlugins || !Files.exists(file)) {
            return false;
        }
        standardPlugins = true;
        NativeLibrary library = NativeLibrary.open(file.toString(), NativeLibrary.Scope.LOCAL);
        try (Arena arena = Arena.ofConfined()) {
            long done =
                    NativeCall.call(
                            library.require(STANDARD_PLUGINS),
                            api.logger().address(),
                            NativeCall.text(arena, ""));
            return (done & 1) == 1;
        }
    }

    /// Nothing: the process goes, and with it all that the engine has.
    @Override
    public void close() {}
}
