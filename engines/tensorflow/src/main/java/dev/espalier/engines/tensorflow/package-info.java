/// The TensorFlow engine: a thin binding on its C API, through which every call passes addresses.
@NullMarked
package dev.espalier.engines.tensorflow;

import org.jspecify.annotations.NullMarked;
