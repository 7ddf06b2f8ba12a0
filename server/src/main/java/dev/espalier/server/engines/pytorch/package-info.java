/// What the server knows of PyTorch.
@NullMarked
package dev.espalier.server.engines.pytorch;

import org.jspecify.annotations.NullMarked;
