package dev.espalier.sdk.test;

import dev.espalier.sdk.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request came to: its answers in the order in which they were sent, and its failure, if it failed.
///
/// @param answers the outputs of each answer by their names; they are copies, and can be read at any time
/// @param failure what the client would be told; empty where the request has not failed
public record Reply(List<Map<String, Tensor>> answers, Optional<String> failure) {
    public Reply {
        answers = List.copyOf(answers);
    }

    /// An output of the only answer.
    ///
    /// @throws AssertionError when the request has failed, there is not one answer, or it has no such output
    public Tensor output(String name) {
        if (failure.isPresent()) {
            throw new AssertionError("the request has failed: " + failure.get());
        }
        if (answers.size() != 1) {
            throw new AssertionError("%d answers (expected: one)".formatted(answers.size()));
        }
        Tensor output = answers.getFirst().get(name);
        if (output == null) {
            throw new AssertionError(
                    "output '%s' is not in the answer (expected: %s)"
                            .formatted(name, answers.getFirst().keySet()));
        }
        return output;
    }
}
