/* test.custom:Busy burns a core for as many milliseconds as its first input element says, then returns its input.
 * Nothing can stop it from outside but the end of the process. */
#include <time.h>

#include "onnx_op.h"

static int64_t now_nanos(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    const int64_t *milliseconds = (const int64_t *)input.data;
    if (input.count > 0) {
        int64_t end = now_nanos() + milliseconds[0] * 1000000;
        while (now_nanos() < end) {
        }
    }
    memcpy(output, input.data, input.count * sizeof *milliseconds);
    return NULL;
}

static const char *name(const OrtCustomOp *op) {
    (void)op;
    return "Busy";
}

ONNX_OP_EXPORT OrtStatus *RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base) {
    static OrtCustomOp op;
    onnx_op_describe(&op, name, compute);
    op.GetInputType = onnx_op_int64;
    op.GetOutputType = onnx_op_int64;
    return onnx_op_register("test.custom", &op, options, base);
}
