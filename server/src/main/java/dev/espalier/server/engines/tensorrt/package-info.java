/// What the server knows of TensorRT.
@NullMarked
package dev.espalier.server.engines.tensorrt;

import org.jspecify.annotations.NullMarked;
