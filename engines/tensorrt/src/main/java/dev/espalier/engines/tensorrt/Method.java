package dev.espalier.engines.tensorrt;

/// A virtual function of TensorRT's objects, by its place in the table of its class: the same in all
/// releases of a major version, counted in their public headers.
enum Method {
    // IRuntime
    DESERIALIZE(3, 3),
    LOGGER(11, 10),
    PLUGIN_REGISTRY(18, 17),
    SET_HOST_CODE_ALLOWED(21, 20),
    HOST_CODE_ALLOWED(22, 21),
    // ICudaEngine
    CREATE_CONTEXT(5, 5),
    PROFILE_COUNT(10, 8),
    ENGINE_SHAPE(19, 15),
    DATA_TYPE(20, 16),
    LOCATION(21, 17),
    IO_MODE(23, 19),
    PROFILE_SHAPE(29, 25),
    TENSOR_COUNT(30, 26),
    TENSOR_NAME(31, 27),
    FORMAT(36, 32),
    // IExecutionContext
    SET_PROFILE(17, 16),
    SET_SHAPE(21, 20),
    CONTEXT_SHAPE(22, 21),
    SET_ADDRESS(24, 23),
    SET_ALLOCATOR(32, 31),
    ENQUEUE(37, 36),
    // IPluginRegistry, the object itself
    LOAD_LIBRARY(10, 6),
    ALL_CREATORS(13, 9);

    private final int slot10;
    private final int slot11;

    Method(int slot10, int slot11) {
        this.slot10 = slot10;
        this.slot11 = slot11;
    }

    /// Its place in the tables of a major version.
    int slot(Major major) {
        return major == Major.TEN ? slot10 : slot11;
    }
}
