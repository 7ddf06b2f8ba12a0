/* AddOne adds one to every element. */
#include "../tensorflow_op.h"

static const char *compute(const TfOpTensor *input, void *output) {
    const int32_t *from = (const int32_t *)input->data;
    int32_t *to = (int32_t *)output;
    for (size_t i = 0; i < input->size / sizeof *from; i++) to[i] = from[i] + 1;
    return NULL;
}

TF_OP_LIBRARY("AddOne", "int32", TF_INT32, compute)
