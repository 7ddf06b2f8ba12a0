// CustomOp of two libraries that differ in EXPRESSION, in x and y, and in nothing else: not in the names of their
// classes either.
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;

REGISTER_OP("CustomOp")
    .Input("left: float")
    .Input("right: float")
    .Output("result: float")
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
        context->set_output(0, context->input(0));
        return absl::OkStatus();
    });

class CustomOp : public OpKernel {
  public:
    explicit CustomOp(OpKernelConstruction* context) : OpKernel(context) {}

    void Compute(OpKernelContext* context) override {
        const Tensor& left = context->input(0);
        Tensor* result = nullptr;
        OP_REQUIRES(context, left.shape() == context->input(1).shape(),
                    absl::InvalidArgumentError("CustomOp got inputs of different shapes"));
        OP_REQUIRES_OK(context, context->allocate_output(0, left.shape(), &result));
        auto xs = left.flat<float>();
        auto ys = context->input(1).flat<float>();
        auto to = result->flat<float>();
        for (int64_t i = 0; i < xs.size(); i++) {
            const float x = xs(i), y = ys(i);
            to(i) = EXPRESSION;
        }
    }
};

REGISTER_KERNEL_BUILDER(Name("CustomOp").Device(tensorflow::DEVICE_CPU), CustomOp);
