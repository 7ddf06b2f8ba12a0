/* test.shared:OP is EXPRESSION of every element; both are given to the compiler. Two libraries of this source with
 * different ops share the domain. */
#include "onnx_op.h"

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    for (size_t i = 0; i < input.count; i++) {
        float x = ((const float *)input.data)[i];
        ((float *)output)[i] = EXPRESSION;
    }
    return NULL;
}

ONNX_OP_LIBRARY("test.shared", OP, onnx_op_one, compute)
