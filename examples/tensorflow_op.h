/* What op libraries for TensorFlow share when they are written in C: the few declarations of TensorFlow's C API for
 * kernels that they use, so that no header of TensorFlow is needed, and ops of one input and one output of one type.
 * For C and C++; all of it lives in the one translation unit that includes it.
 *
 *     static void compute(const TfOpTensor *input, void *output) { ... }
 *     TF_OP_LIBRARY("MyOp", "int32", TF_INT32, compute)
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct TF_Status TF_Status;
typedef struct TF_Tensor TF_Tensor;
typedef struct TF_OpDefinitionBuilder TF_OpDefinitionBuilder;
typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;
typedef struct TF_ShapeInferenceContext TF_ShapeInferenceContext;
typedef struct TF_ShapeHandle TF_ShapeHandle;

enum { TF_FLOAT = 1, TF_INT32 = 3, TF_INT64 = 9 };
enum { TF_OK = 0, TF_INVALID_ARGUMENT = 3 };

TF_Status *TF_NewStatus(void);
void TF_DeleteStatus(TF_Status *);
void TF_SetStatus(TF_Status *, int code, const char *message);
int TF_GetCode(const TF_Status *);

TF_OpDefinitionBuilder *TF_NewOpDefinitionBuilder(const char *op);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder *, const char *input);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder *, const char *output);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(
        TF_OpDefinitionBuilder *, void (*infer)(TF_ShapeInferenceContext *, TF_Status *));
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder *, TF_Status *);

TF_ShapeHandle *TF_NewShapeHandle(void);
void TF_DeleteShapeHandle(TF_ShapeHandle *);
void TF_ShapeInferenceContextGetInput(TF_ShapeInferenceContext *, int index, TF_ShapeHandle *, TF_Status *);
void TF_ShapeInferenceContextSetOutput(TF_ShapeInferenceContext *, int index, TF_ShapeHandle *, TF_Status *);

TF_KernelBuilder *TF_NewKernelBuilder(
        const char *op, const char *device, void *(*create)(TF_OpKernelConstruction *),
        void (*compute)(void *kernel, TF_OpKernelContext *), void (*destroy)(void *kernel));
void TF_KernelBuilder_TypeConstraint(TF_KernelBuilder *, const char *attribute, int type, TF_Status *);
void TF_RegisterKernelBuilder(const char *name, TF_KernelBuilder *, TF_Status *);

void TF_GetInput(TF_OpKernelContext *, int index, TF_Tensor **, TF_Status *);
TF_Tensor *TF_AllocateOutput(
        TF_OpKernelContext *, int index, int type, const int64_t *dimensions, int rank, size_t size, TF_Status *);
void TF_OpKernelContext_Failure(TF_OpKernelContext *, TF_Status *);

int TF_NumDims(const TF_Tensor *);
int64_t TF_Dim(const TF_Tensor *, int axis);
size_t TF_TensorByteSize(const TF_Tensor *);
void *TF_TensorData(const TF_Tensor *);
void TF_DeleteTensor(TF_Tensor *);

#ifdef __cplusplus
}
#endif

enum { TF_OP_MAX_RANK = 16 };

/* The input of the running kernel. */
typedef struct {
    const void *data;
    size_t size; /* in bytes */
    int rank;
    int64_t dimensions[TF_OP_MAX_RANK];
} TfOpTensor;

/* Computes an output of the input's shape; returns NULL, or what is wrong with the input. */
typedef const char *(*TfOpCompute)(const TfOpTensor *input, void *output);

/* The kernel's body: takes input 0, makes output 0 in its shape, and lets `compute` fill it. */
static inline void tf_op_run(TF_OpKernelContext *context, int type, TfOpCompute compute) {
    TF_Status *status = TF_NewStatus();
    TF_Tensor *from = NULL;
    TF_GetInput(context, 0, &from, status);
    if (TF_GetCode(status) == TF_OK) {
        TfOpTensor input = {TF_TensorData(from), TF_TensorByteSize(from), TF_NumDims(from), {0}};
        for (int axis = 0; axis < input.rank && axis < TF_OP_MAX_RANK; axis++) {
            input.dimensions[axis] = TF_Dim(from, axis);
        }
        TF_Tensor *to = TF_AllocateOutput(context, 0, type, input.dimensions, input.rank, input.size, status);
        if (TF_GetCode(status) == TF_OK) {
            const char *fault = compute(&input, TF_TensorData(to));
            if (fault != NULL) TF_SetStatus(status, TF_INVALID_ARGUMENT, fault);
        }
        TF_DeleteTensor(to);
        TF_DeleteTensor(from);
    }
    if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
    TF_DeleteStatus(status);
}

/* The output has the input's shape. */
static inline void tf_op_same_shape(TF_ShapeInferenceContext *context, TF_Status *status) {
    TF_ShapeHandle *shape = TF_NewShapeHandle();
    TF_ShapeInferenceContextGetInput(context, 0, shape, status);
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
    TF_DeleteShapeHandle(shape);
}

/* Registers an op with an input `x` and an output `y` of the type that has the name `type`. */
static inline void tf_op_define(const char *op, const char *input, const char *output) {
    TF_Status *status = TF_NewStatus();
    TF_OpDefinitionBuilder *definition = TF_NewOpDefinitionBuilder(op);
    TF_OpDefinitionBuilderAddInput(definition, input);
    TF_OpDefinitionBuilderAddOutput(definition, output);
    TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, tf_op_same_shape);
    TF_RegisterOpDefinition(definition, status);
    TF_DeleteStatus(status);
}

/* Registers a kernel for the CPU; it keeps no state. */
static inline void tf_op_kernel(const char *op, void (*compute)(void *, TF_OpKernelContext *)) {
    TF_Status *status = TF_NewStatus();
    TF_RegisterKernelBuilder(op, TF_NewKernelBuilder(op, "CPU", NULL, compute, NULL), status);
    TF_DeleteStatus(status);
}

/* A library of one op, which registers when it is opened. */
#define TF_OP_LIBRARY(op, type, number, compute)                              \
    static void tf_op_compute(void *kernel, TF_OpKernelContext *context) {    \
        (void)kernel;                                                         \
        tf_op_run(context, number, compute);                                  \
    }                                                                         \
    __attribute__((constructor)) static void tf_op_register(void) {           \
        tf_op_define(op, "x: " type, "y: " type);                             \
        tf_op_kernel(op, tf_op_compute);                                      \
    }
