package dev.espalier.engines.tensorflow;

/// The functions of TensorFlow's C API (`tensorflow/c/c_api.h`, `tf_tensor.h`, `tf_tstring.h`) that the
/// engine calls. A `TF_Output` that is passed by value counts as two arguments, operation and index, since it goes in
/// two registers.
enum TfFunction {
    VERSION("TF_Version"),

    NEW_STATUS("TF_NewStatus"),
    DELETE_STATUS("TF_DeleteStatus"),
    GET_CODE("TF_GetCode"),
    MESSAGE("TF_Message"),

    NEW_BUFFER("TF_NewBuffer"),
    DELETE_BUFFER("TF_DeleteBuffer"),

    LOAD_LIBRARY("TF_LoadLibrary"),
    GET_OP_LIST("TF_GetOpList"),
    GET_ALL_OP_LIST("TF_GetAllOpList"),
    GET_ALL_REGISTERED_KERNELS("TF_GetAllRegisteredKernels"),

    NEW_GRAPH("TF_NewGraph"),
    DELETE_GRAPH("TF_DeleteGraph"),
    NEW_IMPORT_OPTIONS("TF_NewImportGraphDefOptions"),
    DELETE_IMPORT_OPTIONS("TF_DeleteImportGraphDefOptions"),
    IMPORT_GRAPH_DEF("TF_GraphImportGraphDef"),
    OPERATION_BY_NAME("TF_GraphOperationByName"),
    OPERATION_NUM_OUTPUTS("TF_OperationNumOutputs"),
    OPERATION_OUTPUT_TYPE("TF_OperationOutputType"),
    TENSOR_NUM_DIMS("TF_GraphGetTensorNumDims"),
    TENSOR_SHAPE("TF_GraphGetTensorShape"),
    GET_OP_DEF("TF_GraphGetOpDef"),

    NEW_SESSION_OPTIONS("TF_NewSessionOptions"),
    DELETE_SESSION_OPTIONS("TF_DeleteSessionOptions"),
    SET_CONFIG("TF_SetConfig"),
    LOAD_SAVED_MODEL("TF_LoadSessionFromSavedModel"),
    NEW_SESSION("TF_NewSession"),
    SESSION_RUN("TF_SessionRun"),
    CLOSE_SESSION("TF_CloseSession"),
    DELETE_SESSION("TF_DeleteSession"),

    NEW_TENSOR("TF_NewTensor"),
    ALLOCATE_TENSOR("TF_AllocateTensor"),
    DELETE_TENSOR("TF_DeleteTensor"),
    TENSOR_DATA("TF_TensorData"),
    TENSOR_BYTE_SIZE("TF_TensorByteSize"),
    TENSOR_TYPE("TF_TensorType"),
    NUM_DIMS("TF_NumDims"),
    DIM("TF_Dim"),

    STRING_INIT("TF_StringInit"),
    STRING_COPY("TF_StringCopy"),
    STRING_ASSIGN_VIEW("TF_StringAssignView"),
    STRING_DATA("TF_StringGetDataPointer"),
    STRING_SIZE("TF_StringGetSize"),
    STRING_DEALLOC("TF_StringDealloc");

    private final String symbol;

    TfFunction(String symbol) {
        this.symbol = symbol;
    }

    /// The function's name in the library.
    String symbol() {
        return symbol;
    }
}
