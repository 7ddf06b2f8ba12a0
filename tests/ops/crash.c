/* test.custom:Crash returns its input, and writes through a null pointer when an element is 13. */
#include "onnx_op.h"

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    const float *from = (const float *)input.data;
    for (size_t i = 0; i < input.count; i++) {
        if (from[i] == 13) {
            /* Without volatile the compiler drops the write. */
            int *volatile nowhere = NULL;
            *nowhere = 1;
        }
        ((float *)output)[i] = from[i];
    }
    return NULL;
}

ONNX_OP_LIBRARY("test.custom", "Crash", onnx_op_one, compute)
