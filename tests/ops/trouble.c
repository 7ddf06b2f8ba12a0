/* test.custom:Trouble, from a library that does something bad: OPENING when it is opened, REGISTERING when it is asked
 * for its ops. Each is a statement that the compiler is given. */
#include <stdlib.h>
#include <unistd.h>

#include "onnx_op.h"

#ifndef OPENING
#define OPENING (void)0
#endif
#ifndef REGISTERING
#define REGISTERING (void)0
#endif

static inline void crash(void) {
    /* Without volatile the compiler drops the write. */
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

static inline void hang(void) {
    for (;;) pause();
}

__attribute__((constructor)) static void open_library(void) {
    OPENING;
}

static const char *name(const OrtCustomOp *op) {
    (void)op;
    return "Trouble";
}

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    memcpy(output, input.data, input.count * sizeof(float));
    return NULL;
}

ONNX_OP_EXPORT OrtStatus *RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base) {
    static OrtCustomOp op;
    REGISTERING;
    onnx_op_describe(&op, name, compute);
    return onnx_op_register("test.custom", &op, options, base);
}
