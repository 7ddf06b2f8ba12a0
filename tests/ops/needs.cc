// test.custom:Needs calls a function of another library, FUNCTION in namespace vendor. What that library is called,
// which versions it has, and whether it is there at all, is decided where this file is linked.
#include "onnx_op.h"

namespace vendor {
float FUNCTION(const float *from, int count);
}

namespace {

OrtStatus *compute(void *, OrtKernelContext *context) {
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    const float *from = static_cast<const float *>(input.data);
    for (size_t i = 0; i < input.count; i++) {
        static_cast<float *>(output)[i] = vendor::FUNCTION(from, static_cast<int>(i));
    }
    return nullptr;
}

}  // namespace

extern "C" {
ONNX_OP_LIBRARY("test.custom", "Needs", onnx_op_one, compute)
}
