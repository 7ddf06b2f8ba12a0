/// What the server knows of TensorFlow.
@NullMarked
package dev.espalier.server.engines.tensorflow;

import org.jspecify.annotations.NullMarked;
