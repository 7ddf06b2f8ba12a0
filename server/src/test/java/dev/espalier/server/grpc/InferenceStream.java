package dev.espalier.server.grpc;

import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.protocol.ModelStreamInferResponse;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client's end of one `ModelStreamInfer`, which takes whatever comes.
final class InferenceStream {
    private static final int PATIENCE_SECONDS = 30;

    private final ClientCall<ModelInferRequest, ModelStreamInferResponse> call;
    private final BlockingQueue<ModelStreamInferResponse> answers = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> status = new CompletableFuture<>();

    InferenceStream(
            ClientCall<ModelInferRequest, ModelStreamInferResponse> call, Metadata headers) {
        this.call = call;
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(ModelStreamInferResponse answer) {
                        answers.add(answer);
                        call.request(1);
                    }

                    @Override
                    public void onClose(Status end, Metadata trailers) {
                        status.complete(end);
                    }
                },
                headers);
        call.request(1);
    }

    InferenceStream ask(ModelInferRequest request) {
        call.sendMessage(request);
        return this;
    }

    /// No further request comes.
    InferenceStream end() {
        call.halfClose();
        return this;
    }

    void cancel() {
        call.cancel("as the test wants it", null);
    }

    /// The next answer; waits for it.
    ModelStreamInferResponse next() throws InterruptedException {
        ModelStreamInferResponse answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("no answer comes");
        }
        return answer;
    }

    /// The id of the next answer, which is no error.
    String nextId() throws InterruptedException {
        ModelStreamInferResponse answer = next();
        if (!answer.getErrorMessage().isEmpty()) {
            throw new AssertionError(answer.getErrorMessage());
        }
        return answer.getInferResponse().getId();
    }

    /// How many answers have come that nobody has looked at.
    int waiting() {
        return answers.size();
    }

    /// How the stream has ended; waits for it.
    Status status() throws Exception {
        return status.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
