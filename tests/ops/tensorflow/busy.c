/* Busy burns a core for as many milliseconds as its first input element says, then returns its input.
 * Nothing can stop it from outside but the end of the process. */
#include <time.h>

#include "tensorflow_op.h"

static int64_t now_nanos(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static const char *compute(const TfOpTensor *input, void *output) {
    const int64_t *milliseconds = (const int64_t *)input->data;
    if (input->size > 0) {
        int64_t end = now_nanos() + milliseconds[0] * 1000000;
        while (now_nanos() < end) {
        }
    }
    memcpy(output, input->data, input->size);
    return NULL;
}

TF_OP_LIBRARY("Busy", "int64", TF_INT64, compute)
