/* espalier.example:ZeroOut keeps the first element of every row (the innermost dimension) and zeroes the rest.
 * Rows are independent of each other, so the op may run on a batch of several requests. */
#include "../onnx_op.h"

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));

    const float *from = (const float *)input.data;
    float *to = (float *)output;
    size_t row = input.rank == 0 ? 1 : (size_t)input.dimensions[input.rank - 1];
    for (size_t i = 0; i < input.count; i++) {
        to[i] = i % row == 0 ? from[i] : 0;
    }
    return NULL;
}

ONNX_OP_LIBRARY("espalier.example", "ZeroOut", onnx_op_one, compute)
