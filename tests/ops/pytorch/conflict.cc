// test_custom::custom_op of libraries that differ in EXPRESSION, in x and y, and in nothing else: not in the names of
// their functions either.
#include <ATen/ATen.h>
#include <torch/library.h>

at::Tensor custom_op(const at::Tensor& x, const at::Tensor& y) {
    return EXPRESSION;
}

TORCH_LIBRARY(test_custom, library) {
    library.def("custom_op(Tensor x, Tensor y) -> Tensor");
}

TORCH_LIBRARY_IMPL(test_custom, CPU, library) {
    library.impl("custom_op", TORCH_FN(custom_op));
}
