/* An op library that cannot be opened: it calls a function that no library has. */
#include "onnx_op.h"

extern float espalier_function_that_nobody_has(float x);

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    for (size_t i = 0; i < input.count; i++) {
        ((float *)output)[i] = espalier_function_that_nobody_has(((const float *)input.data)[i]);
    }
    return NULL;
}

ONNX_OP_LIBRARY("test.custom", "Undefined", onnx_op_one, compute)
