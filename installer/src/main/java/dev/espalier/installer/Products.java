package dev.espalier.installer;

import dev.espalier.installer.products.Product;
import dev.espalier.installer.products.PyTorch;
import dev.espalier.installer.products.TensorFlow;
import dev.espalier.installer.products.TensorRt;
import java.util.List;
import java.util.Optional;

/// The engines that can be installed.
record Products(List<Product> all) {
    /// The one place where they are listed.
    static final Products ALL =
            new Products(List.of(TensorFlow.PRODUCT, TensorRt.PRODUCT, PyTorch.PRODUCT));

    Products {
        all = List.copyOf(all);
    }

    /// The one of an engine; empty where none can be installed.
    Optional<Product> named(String engine) {
        return all.stream().filter(product -> product.engine().equals(engine)).findFirst();
    }
}
