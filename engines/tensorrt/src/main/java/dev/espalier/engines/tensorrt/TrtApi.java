package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import java.nio.file.Path;

/// TensorRT's library, open for as long as the process lives, and the way to the functions of its objects.
///
/// An object that the library gives is a table of functions and a pointer to the one that does the work; its
/// functions are called on that one, found by their number in its table. Nothing is called that is not code of
/// the library, so a release with other tables ends in a message.
final class TrtApi {
    private static final int DELETE = 1;

    private final NativeLibrary library;
    private final Path file;
    private final int version;
    private final Major major;
    private final CodeRanges code;
    private final Logger logger;

    private TrtApi(NativeLibrary library, Path file, int version, long anyFunction)
            throws EngineException {
        this.library = library;
        this.file = file;
        this.version = version;
        this.major = Major.of(version);
        this.code = CodeRanges.ofLibrary(anyFunction);
        this.logger = new Logger(major);
    }

    /// Opens the library, for every library to see that is opened later: plug-ins made for `LD_PRELOAD` are
    /// not linked with it.
    ///
    /// @param file its path
    /// @throws EngineException when it cannot be opened, or is of a version whose tables are not known
    static TrtApi open(Path file) throws EngineException {
        NativeLibrary library = NativeLibrary.open(file.toString(), NativeLibrary.Scope.GLOBAL);
        long version = library.require("getInferLibVersion");
        TrtApi api = new TrtApi(library, file, (int) NativeCall.call(version), version);
        new Registry(api, api.processRegistry()).check();
        return api;
    }

    /// Such as `10.6.0`.
    String version() {
        return Major.text(version);
    }

    Major major() {
        return major;
    }

    Logger logger() {
        return logger;
    }

    /// The path of the library beside it with the standard plug-ins.
    Path standardPlugins() {
        return file.resolveSibling(
                file.getFileName().toString().replaceFirst("libnvinfer", "libnvinfer_plugin"));
    }

    /// The registry of plug-ins that register themselves when they are opened.
    long processRegistry() throws EngineException {
        return NativeCall.call(library.require("getPluginRegistry"));
    }

    /// A new `IRuntime`, which needs a GPU.
    long createRuntime() throws EngineException {
        return NativeCall.call(
                library.require("createInferRuntime_INTERNAL"), logger.address(), version);
    }

    /// What does the work of an object.
    static long worker(long object) {
        return NativeCall.MEMORY.get(JAVA_LONG, object + JAVA_LONG.byteSize());
    }

    /// The address of a function of an object's table.
    ///
    /// @throws EngineException when that is no function of the library
    long function(long object, Method method) throws EngineException {
        long table = NativeCall.MEMORY.get(JAVA_LONG, object);
        long slot = method.slot(major) * JAVA_LONG.byteSize();
        long function = NativeCall.MEMORY.get(JAVA_LONG, table + slot);
        if (!code.contains(function)) {
            throw unknownTables("%s is no function".formatted(method));
        }
        return function;
    }

    /// Why the library cannot be used where its tables are not those of its major version.
    EngineException unknownTables(String seen) {
        return new EngineException(
                "%s says that it is TensorRT %s, and its tables of functions are others than those of that version: %s; install one that NVIDIA published"
                        .formatted(file.getFileName(), version(), seen));
    }

    /// Calls the destructor of an object that the library gave.
    static void delete(long object) {
        long table = NativeCall.MEMORY.get(JAVA_LONG, object);
        long _ =
                NativeCall.call(
                        NativeCall.MEMORY.get(JAVA_LONG, table + DELETE * JAVA_LONG.byteSize()),
                        object);
    }
}
