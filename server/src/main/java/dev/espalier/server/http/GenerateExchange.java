package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.memory.GatheredBytes;
import dev.espalier.server.repository.ModelMetadata;
import dev.espalier.server.tracing.Arrival;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request of `generate` or `generate_stream`: its JSON is gathered, read by what its model takes, and submitted.
/// Until then, what is wrong with it is answered in one piece of JSON; from then on its answers have the route's form.
final class GenerateExchange implements Exchange, Responder {
    /// JSON of fewer bytes is read on the loop.
    private static final int LONG_JSON = 256 << 10;

    private static final int LONG_COPY = 4 << 20;
    private static final int COPIES_A_UNIT = 64;

    private final HttpConnection connection;
    private final HttpServices services;
    private final Route route;
    private final long maxInputSize;
    private final GatheredBytes body;
    private final GenerateAnswers answers;
    private final @Nullable Arrival arrival;
    private @Nullable InferPlan plan;
    private @Nullable Inference inference;
    private @Nullable ServingException failure;
    private boolean submitted;

    GenerateExchange(
            HttpConnection connection,
            HttpServices services,
            Route route,
            long maxInputSize,
            @Nullable Arrival arrival) {
        this.connection = connection;
        this.services = services;
        this.route = route;
        this.maxInputSize = maxInputSize;
        this.arrival = arrival;
        this.body = new GatheredBytes(connection.heap());
        this.answers =
                route.operation() == Operation.GENERATE
                        ? new SingleAnswer(connection, this::cancel)
                        : new EventStream(connection);
    }

    // --- the request

    @Override
    public void content(ByteBuf content) {
        if (failure != null) {
            return;
        }
        if (body.length() + (long) content.readableBytes() > maxInputSize) {
            body.close();
            failure = InferBody.tooLarge("more than " + maxInputSize, maxInputSize);
            connection.refuse(Reply.error(failure));
            return;
        }
        try {
            body.add(content.nioBuffer());
        } catch (ServingException full) {
            body.close();
            failure = full;
        }
    }

    @Override
    public void end() {
        if (arrival != null) {
            arrival.read();
        }
        step(() -> {
            ModelMetadata model =
                    services.catalog().ready(route.model(), route.version()).metadata();
            if (failure != null) {
                throw failure;
            }
            if (body.length() <= LONG_JSON) {
                open(plan(model));
                return;
            }
            connection
                    .work()
                    .offload(
                            body.length(), () -> plan(model), read -> step(() -> open(read.get())));
        });
    }

    private interface Step {
        void run() throws ServingException;
    }

    /// Does a step before the request is submitted.
    private void step(Step step) {
        try {
            step.run();
        } catch (ServingException refused) {
            if (inference != null) {
                inference.refuse(refused);
            }
            cancel();
            connection.fail(refused);
        }
    }

    private InferPlan plan(ModelMetadata model) throws ServingException {
        InferHeader header = GenerateParser.parse(body.array(), body.length(), model);
        return InferPlan.of(header, route, 0, maxInputSize, services.regions(), connection.heap());
    }

    private void open(InferPlan opened) throws ServingException {
        plan = opened;
        body.close();
        if (connection.isGone()) {
            return;
        }
        Inference open = services.inferences().open(opened.request(), this);
        inference = open;
        @Nullable ByteBuffer[] places = opened.places(open);
        if (opened.valueBytes() <= LONG_COPY) {
            opened.fill(open, places);
            submit(open);
            return;
        }
        connection
                .work()
                .offload(
                        opened.valueBytes() / COPIES_A_UNIT,
                        () -> {
                            opened.fill(open, places);
                            return open;
                        },
                        filled -> step(() -> submit(filled.get())));
    }

    private void submit(Inference open) {
        if (plan != null) {
            plan.close();
        }
        if (connection.isGone()) {
            return;
        }
        open.submit();
        submitted = true;
    }

    /// Nobody wants an answer any more.
    private void cancel() {
        Inference open = inference;
        inference = null;
        if (open != null) {
            open.cancel();
        }
        body.close();
        if (plan != null) {
            plan.close();
        }
    }

    @Override
    public void abort() {
        cancel();
        answers.abort();
    }

    // --- the answers

    @Override
    public List<FairShare> shares() {
        return connection.tensors();
    }

    @Override
    public @Nullable Arrival arrival() {
        return arrival;
    }

    @Override
    public @Nullable String refusalOfDecoupled() {
        return null;
    }

    @Override
    public void answered(InferenceResult result) {
        connection.guarded(() -> answers.answered(result));
    }

    @Override
    public void completed(InferenceResult result) {
        inference = null;
        connection.guarded(() -> answers.completed(result));
    }

    @Override
    public void finished() {
        inference = null;
        connection.guarded(answers::finished);
    }

    @Override
    public void failed(ServingException cause) {
        inference = null;
        connection.guarded(() -> {
            if (submitted) {
                answers.failed(cause);
            } else {
                connection.fail(cause);
            }
        });
    }
}
