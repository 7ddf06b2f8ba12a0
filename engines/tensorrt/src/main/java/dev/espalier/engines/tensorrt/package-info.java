/// TensorRT, called through its C++ objects' tables of functions, and CUDA through the driver's C functions.
@NullMarked
package dev.espalier.engines.tensorrt;

import org.jspecify.annotations.NullMarked;
