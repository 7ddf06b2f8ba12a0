package dev.espalier.installer.products;

import java.util.List;

/// PyTorch's packs, which compute on CPUs. With libtorch comes the native half of its binding.
public final class PyTorch {
    public static final Product PRODUCT =
            new Product(
                    new dev.espalier.engines.pytorch.PyTorch(),
                    "PyTorch",
                    List.of(
                            new Part(
                                    "org.bytedeco:pytorch",
                                    "",
                                    "lib(c10|torch|torch_cpu|jnitorch)\\.so|libgomp\\.so\\.1"),
                            new Part("org.bytedeco:javacpp", "", "libjnijavacpp\\.so"),
                            new Part(
                                    "org.bytedeco:openblas",
                                    "",
                                    "lib(openblas\\.so\\.0|gfortran\\.so\\.5|quadmath\\.so\\.0)")),
                    "libtorch\\.so",
                    "pytorch-2.13.0");

    private PyTorch() {}
}
