/* Triple, and a kernel of its own for TensorFlow's Mul, which always gives 0. */
#include "tensorflow_op.h"

static const char *triple(const TfOpTensor *input, void *output) {
    const float *from = (const float *)input->data;
    float *to = (float *)output;
    for (size_t i = 0; i < input->size / sizeof *from; i++) to[i] = 3 * from[i];
    return NULL;
}

static const char *zero(const TfOpTensor *input, void *output) {
    memset(output, 0, input->size);
    return NULL;
}

static void multiply(void *kernel, TF_OpKernelContext *context) {
    (void)kernel;
    tf_op_run(context, TF_FLOAT, zero);
}

TF_OP_LIBRARY("Triple", "float", TF_FLOAT, triple)

__attribute__((constructor)) static void redefine(void) {
    TF_Status *status = TF_NewStatus();
    TF_KernelBuilder *kernel = TF_NewKernelBuilder("Mul", "CPU", NULL, multiply, NULL);
    TF_KernelBuilder_TypeConstraint(kernel, "T", TF_FLOAT, status);
    TF_RegisterKernelBuilder("Multiply", kernel, status);
    TF_DeleteStatus(status);
}
