// Two ops that do more than compute: BODY is the body of test_single::OP, of x.
#include <ATen/ATen.h>
#include <torch/library.h>

#include <chrono>

at::Tensor single(const at::Tensor& x) {
    BODY
    return x.clone();
}

TORCH_LIBRARY_FRAGMENT(test_single, library) {
    library.def(OP "(Tensor x) -> Tensor");
    library.impl(OP, c10::DispatchKey::CPU, TORCH_FN(single));
}
