package dev.espalier.installer.products;

import java.util.List;

/// TensorFlow's packs.
public final class TensorFlow {
    public static final Product PRODUCT =
            new Product(
                    new dev.espalier.engines.tensorflow.TensorFlow(),
                    "TensorFlow",
                    List.of(
                            new Part(
                                    "org.tensorflow:tensorflow-core-native",
                                    "",
                                    "libtensorflow_[a-z]+\\.so\\.2")),
                    "libtensorflow_cc\\.so\\.2",
                    "tensorflow-2.16.2");

    private TensorFlow() {}
}
