/* test.custom:Failing returns its input, and an orderly error when an element is negative. */
#include "onnx_op.h"

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    const float *from = (const float *)input.data;
    for (size_t i = 0; i < input.count; i++) {
        if (from[i] < 0) {
            return onnx_op_api->CreateStatus(ORT_INVALID_ARGUMENT, "the op 'Failing' refuses negative numbers");
        }
        ((float *)output)[i] = from[i];
    }
    return NULL;
}

ONNX_OP_LIBRARY("test.custom", "Failing", onnx_op_one, compute)
