/* The op that OP names multiplies by FACTOR. */
#include "tensorflow_op.h"

static const char *compute(const TfOpTensor *input, void *output) {
    const float *from = (const float *)input->data;
    float *to = (float *)output;
    for (size_t i = 0; i < input->size / sizeof *from; i++) to[i] = FACTOR * from[i];
    return NULL;
}

TF_OP_LIBRARY(OP, "float", TF_FLOAT, compute)
