package model;

import dev.espalier.sdk.Answer;
import dev.espalier.sdk.Answers;
import dev.espalier.sdk.FloatElements;
import dev.espalier.sdk.Model;
import dev.espalier.sdk.Request;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.List;

/// Adds one to each element. Requests are batched, up to 8 rows together.
public final class %CLASS% implements Model {
    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("X", DataType.FP32, -1, -1)),
                List.of(TensorSpec.of("Y", DataType.FP32, -1, -1)),
                8);
    }

    @Override
    public void run(List<Request> requests, Answers answers) {
        for (Request request : requests) {
            Tensor x = request.input("X");
            Answer answer = answers.to(request);
            FloatElements from = x.floats();
            FloatElements to = answer.output("Y", x.shape()).floats();
            for (long i = 0; i < from.size(); i++) {
                to.set(i, from.get(i) + 1);
            }
            answer.sendLast();
        }
    }
}
