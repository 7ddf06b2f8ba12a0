package dev.espalier.installer.products;

import java.util.List;

/// TensorRT's packs, without what builds plans, which is more than a gigabyte.
public final class TensorRt {
    public static final Product PRODUCT =
            new Product(
                    new dev.espalier.engines.tensorrt.TensorRt(),
                    "TensorRT",
                    List.of(
                            new Part(
                                    "org.bytedeco:tensorrt",
                                    "-redist",
                                    "libnvinfer(_plugin)?\\.so\\.\\d+")),
                    "libnvinfer\\.so\\.\\d+",
                    "tensorrt-10.6");

    private TensorRt() {}
}
