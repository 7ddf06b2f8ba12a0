package dev.espalier.engines.onnxruntime;

/// A function of ONNX Runtime's C API: its place in the table `OrtApi` and its parameters. Every
/// function returns an `OrtStatus*` (null: success) unless said otherwise. Slots never move: the
/// table only grows.
enum OrtFunction {
    /// GetErrorCode(status) -> int code
    GET_ERROR_CODE(1),
    /// GetErrorMessage(status) -> text
    GET_ERROR_MESSAGE(2),
    /// ReleaseStatus(status) -> nothing
    RELEASE_STATUS(93),
    /// CreateEnv(int severity, name, out env)
    CREATE_ENV(3),
    /// ReleaseEnv(env) -> nothing
    RELEASE_ENV(92),

    /// CreateSessionOptions(out options)
    CREATE_SESSION_OPTIONS(10),
    /// ReleaseSessionOptions(options) -> nothing
    RELEASE_SESSION_OPTIONS(100),
    /// SetSessionExecutionMode(options, int mode)
    SET_EXECUTION_MODE(13),
    /// EnableMemPattern(options)
    ENABLE_MEM_PATTERN(16),
    /// DisableMemPattern(options)
    DISABLE_MEM_PATTERN(17),
    /// EnableCpuMemArena(options)
    ENABLE_MEM_ARENA(18),
    /// DisableCpuMemArena(options)
    DISABLE_MEM_ARENA(19),
    /// SetSessionGraphOptimizationLevel(options, int level)
    SET_GRAPH_OPTIMIZATION_LEVEL(23),
    /// SetIntraOpNumThreads(options, int count)
    SET_INTRA_OP_THREADS(24),
    /// SetInterOpNumThreads(options, int count)
    SET_INTER_OP_THREADS(25),
    /// AddSessionConfigEntry(options, key, value)
    ADD_CONFIG_ENTRY(130),
    /// CreateCustomOpDomain(name, out domain)
    CREATE_OP_DOMAIN(26),
    /// ReleaseCustomOpDomain(domain) -> nothing
    RELEASE_OP_DOMAIN(101),
    /// CustomOpDomain_Add(domain, op: stays the library's)
    ADD_OP(27),
    /// AddCustomOpDomain(options, domain: stays the caller's)
    ADD_OP_DOMAIN(28),

    /// CreateSession(env, path, options, out session)
    CREATE_SESSION(7),
    /// ReleaseSession(session) -> nothing
    RELEASE_SESSION(95),
    /// SessionGetInputCount(session, out count)
    INPUT_COUNT(30),
    /// SessionGetOutputCount(session, out count)
    OUTPUT_COUNT(31),
    /// SessionGetInputTypeInfo(session, index, out type)
    INPUT_TYPE(33),
    /// SessionGetOutputTypeInfo(session, index, out type)
    OUTPUT_TYPE(34),
    /// SessionGetInputName(session, index, allocator, out name)
    INPUT_NAME(36),
    /// SessionGetOutputName(session, index, allocator, out name)
    OUTPUT_NAME(37),
    /// Run(session, run options, names, values, count, output names, count, in/out values)
    RUN(9),

    /// CastTypeInfoToTensorInfo(type, out info: part of type)
    TENSOR_INFO_OF_TYPE(55),
    /// GetOnnxTypeFromTypeInfo(type, out int kind)
    KIND_OF_TYPE(56),
    /// ReleaseTypeInfo(type) -> nothing
    RELEASE_TYPE(98),
    /// GetTensorElementType(info, out int element type)
    ELEMENT_TYPE(60),
    /// GetDimensionsCount(info, out rank)
    RANK(61),
    /// GetDimensions(info, out dimensions, rank)
    DIMENSIONS(62),
    /// GetSymbolicDimensions(info, out names: part of info, rank)
    SYMBOLS(63),
    /// ReleaseTensorTypeAndShapeInfo(info) -> nothing
    RELEASE_TENSOR_INFO(99),

    /// CreateTensorAsOrtValue(allocator, shape, rank, int type, out value)
    CREATE_TENSOR(48),
    /// CreateTensorWithDataAsOrtValue(memory info, data, bytes, shape, rank, int type, out value)
    CREATE_TENSOR_OVER(49),
    /// ReleaseValue(value) -> nothing
    RELEASE_VALUE(96),
    /// GetTensorMutableData(value, out data)
    TENSOR_DATA(51),
    /// GetTensorTypeAndShape(value, out info)
    TENSOR_INFO_OF_VALUE(65),
    /// GetStringTensorDataLength(value, out bytes)
    STRING_BYTES(53),
    /// GetStringTensorContent(value, data, bytes, offsets, count)
    STRING_CONTENT(54),
    /// GetResizedStringTensorElementBuffer(value, index, bytes, out buffer)
    STRING_ELEMENT_BUFFER(252),

    /// CreateCpuMemoryInfo(int allocator, int memory, out info)
    CREATE_CPU_MEMORY_INFO(69),
    /// ReleaseMemoryInfo(info) -> nothing
    RELEASE_MEMORY_INFO(94),
    /// GetAllocatorWithDefaultOptions(out allocator: never released)
    DEFAULT_ALLOCATOR(78),
    /// AllocatorFree(allocator, memory)
    ALLOCATOR_FREE(76);

    /// One more than the highest slot.
    static final int SLOTS = 253;

    private final int slot;

    OrtFunction(int slot) {
        this.slot = slot;
    }

    /// The function's index in the table.
    int slot() {
        return slot;
    }
}
