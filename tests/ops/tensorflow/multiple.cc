// The op that OP names multiplies by FACTOR. Its libraries have kernels of one class name: where the loader resolves
// both in one scope, as LD_PRELOAD has it, the first library's class computes for the second one's op.
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;

REGISTER_OP(OP).Input("x: float").Output("y: float").SetShapeFn(
        [](tensorflow::shape_inference::InferenceContext* context) {
            context->set_output(0, context->input(0));
            return absl::OkStatus();
        });

class MultipleOp : public OpKernel {
  public:
    explicit MultipleOp(OpKernelConstruction* context) : OpKernel(context) {}

    void Compute(OpKernelContext* context) override {
        const Tensor& x = context->input(0);
        Tensor* y = nullptr;
        OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &y));
        auto from = x.flat<float>();
        auto to = y->flat<float>();
        for (int64_t i = 0; i < from.size(); i++) to(i) = FACTOR * from(i);
    }
};

REGISTER_KERNEL_BUILDER(Name(OP).Device(tensorflow::DEVICE_CPU), MultipleOp);
