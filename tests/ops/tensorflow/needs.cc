// An op library that calls, when it is opened, a function of namespace tensorflow, which FUNCTION names.
#include <string>

#include "tensorflow_op.h"

namespace tensorflow {
bool FUNCTION(const std::string& text);
}

static const char *compute(const TfOpTensor *input, void *output) {
    memcpy(output, input->data, input->size);
    return tensorflow::FUNCTION("x") ? "never" : nullptr;
}

TF_OP_LIBRARY("Needs", "float", TF_FLOAT, compute)
