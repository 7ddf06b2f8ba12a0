/// What the server knows of ONNX Runtime.
@NullMarked
package dev.espalier.server.engines.onnxruntime;

import org.jspecify.annotations.NullMarked;
