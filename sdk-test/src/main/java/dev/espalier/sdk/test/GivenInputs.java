package dev.espalier.sdk.test;

import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;

/// The inputs of a request in the order of the model's.
final class GivenInputs {
    private GivenInputs() {}

    /// @throws IllegalArgumentException when the model takes others
    static List<Input> inOrder(Signature signature, List<Input> given) {
        for (Input input : given) {
            boolean known =
                    signature.inputs().stream().anyMatch(spec -> spec.name().equals(input.name()));
            boolean once =
                    given.stream().filter(each -> each.name().equals(input.name())).count() == 1;
            if (!known || !once) {
                throw new IllegalArgumentException(
                        "input '%s' (expected: each of %s once)"
                                .formatted(input.name(), signature.inputs()));
            }
        }
        return signature.inputs().stream().map(spec -> find(spec, signature, given)).toList();
    }

    private static Input find(TensorSpec spec, Signature signature, List<Input> given) {
        for (Input input : given) {
            if (input.name().equals(spec.name())) {
                if (input.type() != spec.type()) {
                    throw new IllegalArgumentException(
                            "input %s (expected: of %s)".formatted(input, spec.type()));
                }
                return input;
            }
        }
        List<String> missing =
                signature.inputs().stream()
                        .map(TensorSpec::name)
                        .filter(name -> given.stream().noneMatch(each -> each.name().equals(name)))
                        .toList();
        throw new IllegalArgumentException("inputs " + missing + " are missing");
    }

    /// Whether requests with such inputs can be a batch: the same shapes but for the first dimension.
    static boolean join(List<Input> some, List<Input> others) {
        for (int i = 0; i < some.size(); i++) {
            long[] one = some.get(i).shape();
            long[] other = others.get(i).shape();
            if (one.length == 0
                    || one.length != other.length
                    || !Arrays.equals(one, 1, one.length, other, 1, other.length)) {
                return false;
            }
        }
        return true;
    }
}
