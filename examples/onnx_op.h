/* What op libraries for ONNX Runtime share, so that a source says only what its op does: reading inputs, making
 * outputs, and the fields of OrtCustomOp that are the same for all. For C and C++; all of it lives in the one
 * translation unit that includes it.
 *
 *     static OrtStatus *compute(void *kernel, OrtKernelContext *context) { ... }
 *     ONNX_OP_LIBRARY("my.domain", "MyOp", onnx_op_one, compute)
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "onnxruntime_c_api.h"

#ifdef __cplusplus
#define ONNX_OP_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define ONNX_OP_EXPORT __attribute__((visibility("default")))
#endif

/* Returns from the calling function when a call of the API failed. */
#define ONNX_OP_TRY(call)                        \
    do {                                         \
        OrtStatus *status_ = (call);             \
        if (status_ != NULL) return status_;     \
    } while (0)

enum { ONNX_OP_MAX_RANK = 16 };

/* The API table of the runtime that loaded this library; set by onnx_op_register. */
static const OrtApi *onnx_op_api;

/* A tensor of the running kernel. */
typedef struct {
    void *data;
    size_t count;
    size_t rank;
    int64_t dimensions[ONNX_OP_MAX_RANK];
} OnnxOpTensor;

/* Looks at input `index`. */
static inline OrtStatus *onnx_op_input(OrtKernelContext *context, size_t index, OnnxOpTensor *tensor) {
    const OrtValue *value = NULL;
    OrtTensorTypeAndShapeInfo *info = NULL;
    ONNX_OP_TRY(onnx_op_api->KernelContext_GetInput(context, index, &value));
    ONNX_OP_TRY(onnx_op_api->GetTensorTypeAndShape(value, &info));
    OrtStatus *status = onnx_op_api->GetDimensionsCount(info, &tensor->rank);
    if (status == NULL && tensor->rank > ONNX_OP_MAX_RANK) {
        status = onnx_op_api->CreateStatus(ORT_INVALID_ARGUMENT, "the input has more than 16 dimensions");
    }
    if (status == NULL) status = onnx_op_api->GetDimensions(info, tensor->dimensions, tensor->rank);
    if (status == NULL) status = onnx_op_api->GetTensorShapeElementCount(info, &tensor->count);
    onnx_op_api->ReleaseTensorTypeAndShapeInfo(info);
    if (status != NULL) return status;
    return onnx_op_api->GetTensorMutableData((OrtValue *)value, &tensor->data);
}

/* Makes output `index` in the shape of `like` and returns its memory. */
static inline OrtStatus *onnx_op_output(
        OrtKernelContext *context, size_t index, const OnnxOpTensor *like, void **data) {
    OrtValue *value = NULL;
    ONNX_OP_TRY(onnx_op_api->KernelContext_GetOutput(context, index, like->dimensions, like->rank, &value));
    return onnx_op_api->GetTensorMutableData(value, data);
}

static inline ONNXTensorElementDataType onnx_op_float(const OrtCustomOp *op, size_t index) {
    (void)op, (void)index;
    return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

static inline ONNXTensorElementDataType onnx_op_int64(const OrtCustomOp *op, size_t index) {
    (void)op, (void)index;
    return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
}

static inline const char *onnx_op_any_provider(const OrtCustomOp *op) {
    (void)op;
    return NULL;
}

static inline size_t onnx_op_one(const OrtCustomOp *op) {
    (void)op;
    return 1;
}

static inline size_t onnx_op_two(const OrtCustomOp *op) {
    (void)op;
    return 2;
}

static inline OrtCustomOpInputOutputCharacteristic onnx_op_required(const OrtCustomOp *op, size_t index) {
    (void)op, (void)index;
    return INPUT_OUTPUT_REQUIRED;
}

static inline OrtMemType onnx_op_cpu_memory(const OrtCustomOp *op, size_t index) {
    (void)op, (void)index;
    return OrtMemTypeDefault;
}

static inline int onnx_op_first_version(const OrtCustomOp *op) {
    (void)op;
    return 1;
}

static inline int onnx_op_last_version(const OrtCustomOp *op) {
    (void)op;
    return INT32_MAX;
}

/* Kernels here keep no state; the runtime wants a pointer nevertheless. */
static inline OrtStatus *onnx_op_create(
        const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
    (void)api, (void)info;
    *kernel = (void *)op;
    return NULL;
}

static inline void onnx_op_destroy(void *kernel) {
    (void)kernel;
}

/* Fills in what all ops here have in common: float tensors, one input, one output, version 1 and up. Sets name and
 * compute function; the caller may change any field afterwards. */
static inline void onnx_op_describe(
        OrtCustomOp *op,
        const char *(*name)(const OrtCustomOp *),
        OrtStatus *(*compute)(void *, OrtKernelContext *)) {
    op->version = ORT_API_VERSION;
    op->GetName = name;
    op->GetExecutionProviderType = onnx_op_any_provider;
    op->GetInputTypeCount = onnx_op_one;
    op->GetInputType = onnx_op_float;
    op->GetInputCharacteristic = onnx_op_required;
    op->GetInputMemoryType = onnx_op_cpu_memory;
    op->GetOutputTypeCount = onnx_op_one;
    op->GetOutputType = onnx_op_float;
    op->GetOutputCharacteristic = onnx_op_required;
    op->GetStartVersion = onnx_op_first_version;
    op->GetEndVersion = onnx_op_last_version;
    op->CreateKernelV2 = onnx_op_create;
    op->KernelComputeV2 = compute;
    op->KernelDestroy = onnx_op_destroy;
}

/* Adds `op` to `options` in a domain of its own. The domain lives as long as the library. */
static inline OrtStatus *onnx_op_register(
        const char *domain_name, OrtCustomOp *op, OrtSessionOptions *options, const OrtApiBase *base) {
    static OrtCustomOpDomain *domain;
    onnx_op_api = base->GetApi(ORT_API_VERSION);
    if (onnx_op_api == NULL) {
        /* A runtime older than the header; its first API can say so. */
        return base->GetApi(1)->CreateStatus(ORT_FAIL, "the op library needs a newer ONNX Runtime");
    }
    if (domain == NULL) {
        ONNX_OP_TRY(onnx_op_api->CreateCustomOpDomain(domain_name, &domain));
        ONNX_OP_TRY(onnx_op_api->CustomOpDomain_Add(domain, op));
    }
    return onnx_op_api->AddCustomOpDomain(options, domain);
}

/* A library of one op over float tensors with one output: RegisterCustomOps is what ONNX Runtime calls. */
#define ONNX_OP_LIBRARY(domain, name, inputs, compute)                                              \
    static const char *onnx_op_name(const OrtCustomOp *op) {                                        \
        (void)op;                                                                                   \
        return name;                                                                                \
    }                                                                                               \
    ONNX_OP_EXPORT OrtStatus *RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base) { \
        static OrtCustomOp op;                                                                      \
        onnx_op_describe(&op, onnx_op_name, compute);                                               \
        op.GetInputTypeCount = inputs;                                                              \
        return onnx_op_register(domain, &op, options, base);                                        \
    }
