package dev.espalier.engines.java;

import dev.espalier.tensor.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The inputs, or the outputs, of a model by their names.
final class TensorNames {
    private final String kind;
    private final List<TensorSpec> specs;
    private final Map<String, Integer> byName = new HashMap<>();

    /// @param kind `input` or `output`
    TensorNames(String kind, List<TensorSpec> specs) {
        this.kind = kind;
        this.specs = specs;
        for (int i = 0; i < specs.size(); i++) {
            byName.put(specs.get(i).name(), i);
        }
    }

    /// @throws IllegalArgumentException when there is none of that name
    int index(String name) {
        Integer index = byName.get(name);
        if (index == null) {
            throw new IllegalArgumentException(
                    "%s '%s' (expected: %s)"
                            .formatted(kind, name, String.join(", ", byName.keySet())));
        }
        return index;
    }

    TensorSpec spec(int index) {
        return specs.get(index);
    }

    int count() {
        return specs.size();
    }
}
