package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// The optimisation profiles of a plan that a model may use: for which shapes of its inputs it was built.
record Profiles(List<Profile> all) {
    Profiles {
        all = List.copyOf(all);
    }

    /// @param number the plan's
    /// @param inputs by their index in the signature
    record Profile(int number, List<Range> inputs) {
        Profile {
            inputs = List.copyOf(inputs);
        }

        private boolean fits(Execution.Tensors tensors) {
            for (int index = 0; index < inputs.size(); index++) {
                if (!inputs.get(index).fits(tensors, index)) {
                    return false;
                }
            }
            return true;
        }

        private String text() {
            StringJoiner text = new StringJoiner(", ", "profile " + number + ": ", "");
            inputs.forEach(input -> text.add(input.text()));
            return text.toString();
        }
    }

    /// The shapes of one input.
    record Range(String input, long[] min, long[] max) {
        private boolean fits(Execution.Tensors tensors, int index) {
            if (!tensors.isPresent(index) || tensors.rank(index) != min.length) {
                return false;
            }
            for (int axis = 0; axis < min.length; axis++) {
                long size = tensors.dimension(index, axis);
                if (size < min[axis] || size > max[axis]) {
                    return false;
                }
            }
            return true;
        }

        /// Such as `'x' [1..64,8]`.
        private String text() {
            StringJoiner text = new StringJoiner(",", "'" + input + "' [", "]");
            for (int axis = 0; axis < min.length; axis++) {
                text.add(
                        min[axis] == max[axis]
                                ? Long.toString(min[axis])
                                : min[axis] + ".." + max[axis]);
            }
            return text.toString();
        }
    }

    /// Those with these numbers, in this order.
    ///
    /// @param numbers empty for all
    /// @throws EngineException when there is none of a number
    Profiles only(List<Integer> numbers) throws EngineException {
        if (numbers.isEmpty()) {
            return this;
        }
        List<Profile> chosen = new ArrayList<>();
        for (int number : numbers) {
            if (number < 0 || number >= all.size()) {
                throw new EngineException(
                        "profile: %d (expected: one of the plan's, 0 to %d)"
                                .formatted(number, all.size() - 1));
            }
            chosen.add(all.get(number));
        }
        return new Profiles(chosen);
    }

    /// The first profile that was built for these inputs.
    ///
    /// @throws EngineException when none was; the message has the shapes and the ranges
    int choose(Execution.Tensors inputs) throws EngineException {
        for (Profile profile : all) {
            if (profile.fits(inputs)) {
                return profile.number;
            }
        }
        StringJoiner ranges = new StringJoiner("; ");
        all.forEach(profile -> ranges.add(profile.text()));
        throw new EngineException(
                "the plan was not built for inputs of these shapes: %s (expected: %s)"
                        .formatted(given(inputs), ranges));
    }

    private String given(Execution.Tensors inputs) {
        List<Range> names = all.getFirst().inputs;
        StringJoiner given = new StringJoiner(", ");
        for (int index = 0; index < names.size(); index++) {
            String name = "'" + names.get(index).input + "' ";
            if (!inputs.isPresent(index)) {
                given.add(name + "missing");
                continue;
            }
            List<String> sizes = new ArrayList<>();
            for (int axis = 0; axis < inputs.rank(index); axis++) {
                sizes.add(Long.toString(inputs.dimension(index, axis)));
            }
            given.add(name + "[" + String.join(",", sizes) + "]");
        }
        return given.toString();
    }

    /// The largest first dimension that all inputs can have at once: the most rows of a batch, where the model
    /// has batches.
    int maxBatchSize() {
        long most = 0;
        for (Profile profile : all) {
            long rows = Integer.MAX_VALUE;
            for (Range input : profile.inputs) {
                rows = input.max.length == 0 ? 0 : Math.min(rows, input.max[0]);
            }
            most = Math.max(most, profile.inputs.isEmpty() ? 0 : rows);
        }
        return (int) most;
    }
}
