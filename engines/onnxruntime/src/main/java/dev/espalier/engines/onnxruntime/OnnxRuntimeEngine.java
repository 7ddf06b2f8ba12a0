package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// ONNX Runtime, run through its C API. Each model is a session of its own, shared by the model's
/// instances. Op libraries stay open as long as the process lives; each session has the ops of its own.
public final class OnnxRuntimeEngine implements Engine {
    /// ONNX Runtime's `ORT_LOGGING_LEVEL_ERROR`: what it warns of concerns the model's author, not who
    /// serves it.
    private static final int LOG_ERRORS = 3;

    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;

    private final OrtApi api;
    private final OpRegistrar registrar;
    private final long environment;
    private final long memoryInfo;
    private final long allocator;

    /// Loads `libonnxruntime` for as long as the process lives.
    ///
    /// @param library its path
    /// @throws EngineException when it cannot be loaded, or is older than 1.17
    public OnnxRuntimeEngine(Path library) throws EngineException {
        api = OrtApi.load(library);
        registrar = new OpRegistrar(api);
        try (Arena arena = Arena.ofConfined()) {
            Out out = new Out(arena);
            api.check(
                    api.call(
                            OrtFunction.CREATE_ENV,
                            LOG_ERRORS,
                            arena.allocateFrom("espalier").address(),
                            out.address()),
                    "creating the environment");
            environment = out.value();
            api.check(
                    api.call(
                            OrtFunction.CREATE_CPU_MEMORY_INFO,
                            ARENA_ALLOCATOR,
                            DEFAULT_MEMORY,
                            out.address()),
                    "describing the memory");
            memoryInfo = out.value();
            api.check(
                    api.call(OrtFunction.DEFAULT_ALLOCATOR, out.address()),
                    "finding the allocator");
            allocator = out.value();
        }
    }

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public String version() {
        return api.version();
    }

    @Override
    public LoadedModel load(ModelSource source) throws EngineException {
        OpDomains ops = new OpDomains(api);
        try (SessionOptions options = new SessionOptions(api, source.parameters())) {
            register(source.opLibraries(), options, ops);
            long session = createSession(source, options);
            try {
                return new OrtModel(api, session, ops, memoryInfo, allocator);
            } catch (EngineException failure) {
                api.release(OrtFunction.RELEASE_SESSION, session);
                throw failure;
            }
        } catch (EngineException failure) {
            ops.close();
            throw failure;
        }
    }

    private void register(List<Path> libraries, SessionOptions options, OpDomains ops)
            throws EngineException {
        for (Path library : libraries) {
            try {
                OpRegistrar.Registration registration =
                        registrar.register(OpRegistrar.entry(library), options.address(), _ -> {});
                if (!registration.refusal().isEmpty()) {
                    throw new EngineException(registration.refusal());
                }
                ops.add(registration.domains());
            } catch (EngineException failure) {
                throw new EngineException(
                        "registering op library %s: %s"
                                .formatted(library.getFileName(), failure.getMessage()),
                        failure);
            }
        }
        ops.addTo(options.address());
    }

    private long createSession(ModelSource source, SessionOptions options) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            Out out = new Out(arena);
            api.check(
                    api.call(
                            OrtFunction.CREATE_SESSION,
                            environment,
                            arena.allocateFrom(source.file().toString()).address(),
                            options.address(),
                            out.address()),
                    "loading %s with %s".formatted(source.file().getFileName(), libraries(source)));
            return out.value();
        }
    }

    private static String libraries(ModelSource source) {
        List<Path> libraries = source.opLibraries();
        return libraries.isEmpty()
                ? "no op library"
                : libraries.stream()
                        .map(library -> String.valueOf(library.getFileName()))
                        .collect(
                                Collectors.joining(
                                        ", ",
                                        libraries.size() == 1 ? "op library " : "op libraries ",
                                        ""));
    }

    @Override
    public void close() {
        api.release(OrtFunction.RELEASE_MEMORY_INFO, memoryInfo);
        api.release(OrtFunction.RELEASE_ENV, environment);
    }
}
