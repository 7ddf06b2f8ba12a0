/* Two ops with everything an op can say of itself: test.several:Mixed in versions 2 to 4, with an optional and a
 * variadic input, any type, for one execution provider; and test.several:Plain. */
#include "onnx_op.h"

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    memcpy(output, input.data, input.count * sizeof(float));
    return NULL;
}

static const char *mixed_name(const OrtCustomOp *op) {
    (void)op;
    return "Mixed";
}

static const char *plain_name(const OrtCustomOp *op) {
    (void)op;
    return "Plain";
}

static const char *cpu(const OrtCustomOp *op) {
    (void)op;
    return "CPUExecutionProvider";
}

static int second(const OrtCustomOp *op) {
    (void)op;
    return 2;
}

static int fourth(const OrtCustomOp *op) {
    (void)op;
    return 4;
}

static size_t three(const OrtCustomOp *op) {
    (void)op;
    return 3;
}

static int one(const OrtCustomOp *op) {
    (void)op;
    return 1;
}

static ONNXTensorElementDataType input_type(const OrtCustomOp *op, size_t index) {
    (void)op;
    return index == 0   ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
           : index == 1 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64
                        : ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

static OrtCustomOpInputOutputCharacteristic input_kind(const OrtCustomOp *op, size_t index) {
    (void)op;
    return index == 0 ? INPUT_OUTPUT_REQUIRED : index == 1 ? INPUT_OUTPUT_OPTIONAL : INPUT_OUTPUT_VARIADIC;
}

ONNX_OP_EXPORT OrtStatus *RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base) {
    static OrtCustomOp mixed;
    static OrtCustomOp plain;
    static OrtCustomOpDomain *domain;
    onnx_op_api = base->GetApi(ORT_API_VERSION);
    onnx_op_describe(&mixed, mixed_name, compute);
    mixed.GetExecutionProviderType = cpu;
    mixed.GetStartVersion = second;
    mixed.GetEndVersion = fourth;
    mixed.GetInputTypeCount = three;
    mixed.GetInputType = input_type;
    mixed.GetInputCharacteristic = input_kind;
    mixed.GetVariadicInputMinArity = one;
    mixed.GetVariadicInputHomogeneity = one;
    onnx_op_describe(&plain, plain_name, compute);
    ONNX_OP_TRY(onnx_op_api->CreateCustomOpDomain("test.several", &domain));
    ONNX_OP_TRY(onnx_op_api->CustomOpDomain_Add(domain, &mixed));
    ONNX_OP_TRY(onnx_op_api->CustomOpDomain_Add(domain, &plain));
    return onnx_op_api->AddCustomOpDomain(options, domain);
}
