// ZeroOut keeps the first element of every row (the innermost dimension) and zeroes the rest.
// Rows are independent of each other, so the op may run on a batch of several requests.
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

#ifndef KEPT
#define KEPT 1
#endif

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;

REGISTER_OP("ZeroOut")
    .Input("to_zero: int32")
    .Output("zeroed: int32")
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
        context->set_output(0, context->input(0));
        return absl::OkStatus();
    });

class ZeroOutOp : public OpKernel {
  public:
    explicit ZeroOutOp(OpKernelConstruction* context) : OpKernel(context) {}

    void Compute(OpKernelContext* context) override {
        const Tensor& input = context->input(0);
        Tensor* output = nullptr;
        OP_REQUIRES_OK(context, context->allocate_output(0, input.shape(), &output));
        auto from = input.flat<int32_t>();
        auto to = output->flat<int32_t>();
        const int64_t row = input.dims() == 0 ? 1 : input.dim_size(input.dims() - 1);
        for (int64_t i = 0; i < from.size(); i++) to(i) = i % row < KEPT ? from(i) : 0;
    }
};

REGISTER_KERNEL_BUILDER(Name("ZeroOut").Device(tensorflow::DEVICE_CPU), ZeroOutOp);
