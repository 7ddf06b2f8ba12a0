package dev.espalier.examples;

import dev.espalier.sdk.Answer;
import dev.espalier.sdk.Answers;
import dev.espalier.sdk.IntElements;
import dev.espalier.sdk.Model;
import dev.espalier.sdk.ModelContext;
import dev.espalier.sdk.Request;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.List;

/// Adds what it is given to what it has been given before, and says how much that is: a model with a state, which lives
/// as long as its instance. It begins with its parameter `start`.
public final class RunningTotal implements Model {
    private long total;

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("IN", DataType.INT32, -1)),
                List.of(TensorSpec.of("TOTAL", DataType.INT64, 1)));
    }

    @Override
    public void load(ModelContext context) {
        total = Long.parseLong(context.parameters().getOrDefault("start", "0"));
        context.logger().log(System.Logger.Level.INFO, "begins with {0}", total);
    }

    @Override
    public void run(List<Request> requests, Answers answers) {
        for (Request request : requests) {
            IntElements summands = request.input("IN").ints();
            for (long i = 0; i < summands.size(); i++) {
                total += summands.get(i);
            }
            Answer answer = answers.to(request);
            answer.output("TOTAL", 1).longs().set(0, total);
            answer.sendLast();
        }
    }
}
