// test.custom:CustomOp of X and Y by EXPRESSION, from C++: the op is the singleton of a template, the usual idiom.
// GCC makes such an object unique in the process (STB_GNU_UNIQUE), also between libraries opened with RTLD_LOCAL: the
// second of two builds of this file finds the first one's op, and silently gives its answers.
#include "onnx_op.h"

namespace {

OrtStatus *compute(void *, OrtKernelContext *context) {
    OnnxOpTensor left;
    OnnxOpTensor right;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &left));
    ONNX_OP_TRY(onnx_op_input(context, 1, &right));
    if (left.count != right.count) {
        return onnx_op_api->CreateStatus(ORT_INVALID_ARGUMENT, "X and Y differ in size");
    }
    ONNX_OP_TRY(onnx_op_output(context, 0, &left, &output));
    for (size_t i = 0; i < left.count; i++) {
        float x = static_cast<const float *>(left.data)[i];
        float y = static_cast<const float *>(right.data)[i];
        static_cast<float *>(output)[i] = EXPRESSION;
    }
    return nullptr;
}

}  // namespace

// Outside the anonymous namespace, as in a header that two vendors share.
struct CustomOp : OrtCustomOp {
    CustomOp() : OrtCustomOp{} {
        onnx_op_describe(this, [](const OrtCustomOp *) { return "CustomOp"; }, compute);
        GetInputTypeCount = onnx_op_two;
    }
};

template <class T>
T &instance() {
    static T value;
    return value;
}

ONNX_OP_EXPORT OrtStatus *RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base) {
    return onnx_op_register("test.custom", &instance<CustomOp>(), options, base);
}
