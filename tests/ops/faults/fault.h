/* What the op libraries with one fault each share. Their op returns its input, and does what no op may do when an
 * element is FAULT_NUMBER: one model answers rightly until it is asked for the fault.
 *
 *     #define FAULT_OP "NullDereference"
 *     #define FAULT_NUMBER -1
 *     #include "fault.h"
 *
 *     static void fault(void) { ... }
 *
 * It is an op for ONNX Runtime, and with FAULT_FOR_TENSORFLOW one for TensorFlow.
 */
#pragma once

static void fault(void);

#ifdef FAULT_FOR_TENSORFLOW
#include "tensorflow_op.h"

static const char *compute(const TfOpTensor *input, void *output) {
    const float *from = (const float *)input->data;
    for (size_t i = 0; i < input->size / sizeof *from; i++) {
        if (from[i] == FAULT_NUMBER) fault();
        ((float *)output)[i] = from[i];
    }
    return NULL;
}

/* TensorFlow has no domains, and an Abort and an Exit of its own. */
TF_OP_LIBRARY("Fault" FAULT_OP, "float", TF_FLOAT, compute)
#else
#include "onnx_op.h"

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    const float *from = (const float *)input.data;
    for (size_t i = 0; i < input.count; i++) {
        if (from[i] == FAULT_NUMBER) fault();
        ((float *)output)[i] = from[i];
    }
    return NULL;
}

ONNX_OP_LIBRARY("test.faults", FAULT_OP, onnx_op_one, compute)
#endif
