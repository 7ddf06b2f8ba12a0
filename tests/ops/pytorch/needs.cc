// A library that cannot be loaded: it needs a function of another version of PyTorch.
#include <ATen/ATen.h>
#include <torch/library.h>

namespace c10 {
void of_another_version(const at::Tensor&, int);
}

at::Tensor needs(const at::Tensor& x) {
    c10::of_another_version(x, 1);
    return x;
}

TORCH_LIBRARY(test_needs, library) {
    library.def("needs(Tensor x) -> Tensor");
    library.impl("needs", c10::DispatchKey::CPU, TORCH_FN(needs));
}
