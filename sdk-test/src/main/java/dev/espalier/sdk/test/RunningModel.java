package dev.espalier.sdk.test;

import dev.espalier.tensor.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// A model that has been loaded, with one instance.
///
/// Safe for use by several threads, whose requests wait for each other as they do in a server.
public abstract sealed class RunningModel implements AutoCloseable
        permits ModelInThisProcess, ModelInWorker {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    RunningModel() {}

    /// The inputs and outputs.
    public abstract Signature signature();

    /// Makes one request, and waits for its last word.
    ///
    /// @throws IllegalArgumentException when the model takes other inputs
    /// @throws AssertionError when there is no last word within 30 seconds
    public Reply ask(Input... inputs) throws InterruptedException {
        return askTogether(List.of(List.of(inputs))).getFirst();
    }

    /// Makes several requests in one run, as those of a batch are, and waits for their last words.
    ///
    /// @throws IllegalArgumentException when the model takes other inputs; in a worker's process also when the shapes of
    ///     an input differ in more than their first dimension, as those of a batch do not
    /// @throws AssertionError when there is no last word on one of them within 30 seconds
    public abstract List<Reply> askTogether(List<List<Input>> requests) throws InterruptedException;

    /// Closes the model as a worker does that goes on, and removes its files.
    @Override
    public abstract void close();

    /// Waits for all of them.
    static List<Reply> replies(List<CompletableFuture<Reply>> asked) throws InterruptedException {
        List<Reply> replies = new ArrayList<>();
        for (CompletableFuture<Reply> reply : asked) {
            try {
                replies.add(reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            } catch (TimeoutException _) {
                throw new AssertionError(
                        "no last word on a request within %d s (expected: Answer.sendLast, Answers.fail or Answers.end)"
                                .formatted(PATIENCE.toSeconds()));
            } catch (ExecutionException failure) {
                throw new IllegalStateException(failure);
            }
        }
        return replies;
    }

    static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            System.err.println(folder + " cannot be removed: " + failure.getMessage());
        }
    }
}
