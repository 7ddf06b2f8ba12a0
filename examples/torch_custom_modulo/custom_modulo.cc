// my_ops::custom_modulo, an op for PyTorch: the remainder of a division, with the sign of the divisor.
#include <ATen/ATen.h>
#include <torch/library.h>

namespace {

at::Tensor custom_modulo(const at::Tensor& dividend, const at::Tensor& divisor) {
    return at::remainder(dividend, divisor);
}

}  // namespace

TORCH_LIBRARY(my_ops, library) {
    library.def("custom_modulo(Tensor dividend, Tensor divisor) -> Tensor");
}

TORCH_LIBRARY_IMPL(my_ops, CPU, library) {
    library.impl("custom_modulo", TORCH_FN(custom_modulo));
}
