package dev.espalier.engines.pytorch;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which argument of `forward` each input is, and which of its results each output: by the rules of Triton's PyTorch
/// backend. Inputs are found by the arguments' names where each has one of those, else by the number behind two
/// underscores where each has one (`INPUT__0`), else by their order in the configuration; outputs by the number, else
/// by their order.
final class TensorPlaces {
    private static final Pattern NUMBERED = Pattern.compile(".*__(\\d{1,4})");

    private TensorPlaces() {}

    /// By input, the index of its argument.
    static int[] inputs(List<TensorSpec> inputs, List<Parameter> parameters)
            throws EngineException {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        boolean named = inputs.stream().allMatch(input -> names.contains(input.name()));
        int[] places =
                named
                        ? inputs.stream().mapToInt(input -> names.indexOf(input.name())).toArray()
                        : numberedOrInOrder(inputs);
        boolean[] given = new boolean[parameters.size()];
        for (int i = 0; i < places.length; i++) {
            if (places[i] >= given.length || given[places[i]]) {
                throw new EngineException(
                        "input '%s' would be argument %d of forward%s (expected: one input for each of its %d arguments %s)"
                                .formatted(
                                        inputs.get(i).name(),
                                        places[i],
                                        places[i] < given.length
                                                ? ", which another input is already"
                                                : "",
                                        given.length,
                                        parameters));
            }
            given[places[i]] = true;
        }
        for (int i = 0; i < given.length; i++) {
            if (!given[i] && parameters.get(i).byDefault() == null) {
                throw new EngineException(
                        "argument '%s' of forward has no input (expected: an input called so, or one called INPUT__%d)"
                                .formatted(parameters.get(i).name(), i));
            }
        }
        return places;
    }

    /// By output, the index of its result.
    static int[] outputs(List<TensorSpec> outputs) throws EngineException {
        int[] places = numberedOrInOrder(outputs);
        if (Arrays.stream(places).distinct().count() < places.length) {
            throw new EngineException(
                    "outputs %s name a result twice (expected: a number of its own behind the two underscores of each)"
                            .formatted(outputs.stream().map(TensorSpec::name).toList()));
        }
        return places;
    }

    private static int[] numberedOrInOrder(List<TensorSpec> tensors) {
        int[] places = new int[tensors.size()];
        for (int i = 0; i < places.length; i++) {
            Integer number = number(tensors.get(i).name());
            if (number == null) {
                Arrays.setAll(places, place -> place);
                return places;
            }
            places[i] = number;
        }
        return places;
    }

    private static @Nullable Integer number(String name) {
        Matcher matcher = NUMBERED.matcher(name);
        return matcher.matches() ? Integer.valueOf(matcher.group(1)) : null;
    }
}
