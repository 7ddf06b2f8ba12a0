// The op that OP names in the namespace test_shared multiplies by FACTOR. REGISTER is TORCH_LIBRARY_FRAGMENT, with which
// several libraries share a namespace, or TORCH_LIBRARY, with which one has it for itself.
#include <ATen/ATen.h>
#include <torch/library.h>

at::Tensor multiple(const at::Tensor& x) {
    return x * FACTOR;
}

REGISTER(test_shared, library) {
    library.def(OP "(Tensor x) -> Tensor");
    library.impl(OP, c10::DispatchKey::CPU, TORCH_FN(multiple));
}
