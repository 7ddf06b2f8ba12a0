/* espalier.example:Scale multiplies every element by FACTOR, which the compiler is given: two builds of this file
 * are two libraries that provide the same op and disagree about what it does. */
#include "../onnx_op.h"

#ifndef FACTOR
#error "build with -DFACTOR=<number>"
#endif

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));

    const float *from = (const float *)input.data;
    float *to = (float *)output;
    for (size_t i = 0; i < input.count; i++) {
        to[i] = from[i] * FACTOR;
    }
    return NULL;
}

ONNX_OP_LIBRARY("espalier.example", "Scale", onnx_op_one, compute)
