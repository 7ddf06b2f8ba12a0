/// The PyTorch engine: TorchScript models, through bytedeco's binding of libtorch.
@NullMarked
package dev.espalier.engines.pytorch;

import org.jspecify.annotations.NullMarked;
