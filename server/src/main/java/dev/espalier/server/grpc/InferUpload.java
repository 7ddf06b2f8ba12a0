package dev.espalier.server.grpc;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.memory.GatheredBytes;
import dev.espalier.server.work.Outcome;
import dev.espalier.server.work.Work;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One inference request on its way in:
///
/// 1. Its fields are gathered up to the first raw tensor, then read.
/// 2. The request is opened; sizes of raw tensors that are still to come follow from their shapes.
/// 3. The bytes of raw tensors go into the inputs' memory as they arrive, and are never gathered.
/// 4. At its end it is submitted.
///
/// Where a size does not follow (a BYTES tensor that is not the first), or the fields stand in an order
/// that nobody sends them in, the raw tensors are gathered too, and the request is opened at its end.
final class InferUpload implements RequestFields.Receiver {
    private static final Parser<ModelInferRequest> PARSER =
            DiscardUnknownFieldsParser.wrap(ModelInferRequest.parser());

    /// Messages of more bytes, besides tensors that lie in their places, are read beside the loop.
    private static final int LONG = 256 << 10;

    private static final int LONG_COPY = 1 << 20;
    private static final int COPIES_A_UNIT = 4;

    /// Where the bytes of raw tensors go.
    private enum Destination {
        /// None has come.
        UNDECIDED,
        MEMORY,
        HEAP,
        /// The request cannot be served; what is left of it only decides the text.
        NOWHERE
    }

    private final GrpcServices services;
    private final GrpcConnection connection;
    private final Responder responder;
    private final String subject;
    private final Runnable worked;
    private final RequestFields fields;
    private Destination destination = Destination.UNDECIDED;

    private @Nullable ModelInferRequest header;
    private int headerLength;
    private Described described = new Described("", "", false);

    /// The inputs that the raw tensors are, in their order, and how many bytes each has.
    private int[] given = {};

    private long[] expected = {};
    private @Nullable Inference inference;
    private @Nullable ByteBuffer target;

    private long[] rawSizes = new long[2];
    private int rawCount;
    private final List<GatheredBytes> gathered = new ArrayList<>(0);
    private @Nullable ServingException malformed;
    private @Nullable ServingException refused;
    private boolean cancelled;
    private boolean working;

    /// What the parsed message takes up, in the budget of the heap.
    private long counted;

    /// @param subject what the log calls such a request
    /// @param length how many bytes the message has; `Long.MAX_VALUE` where that is not known
    /// @param worked run when what [#finish] has left to be done beside the loop is over
    InferUpload(
            GrpcServices services,
            GrpcConnection connection,
            Responder responder,
            String subject,
            long length,
            Runnable worked) {
        this.services = services;
        this.connection = connection;
        this.responder = responder;
        this.subject = subject;
        this.worked = worked;
        this.fields = new RequestFields(this, connection.heap(), length);
    }

    /// Takes the next piece of the message, all of it.
    void feed(ByteBuffer piece) {
        if (malformed != null || cancelled) {
            return;
        }
        try {
            fields.feed(piece);
        } catch (ServingException failure) {
            malformed = failure;
            giveUp();
        }
    }

    /// Whether nothing of what is still to come is looked at.
    boolean isBroken() {
        return malformed != null || cancelled;
    }

    /// Hands the request over; its message is complete. A long message is read beside the loop, and the responder is
    /// told then what is wrong with it.
    ///
    /// @throws ServingException when it cannot be served; the responder is not called then
    void finish() throws ServingException {
        if (malformed != null) {
            throw malformed;
        }
        try {
            if (!fields.isComplete()) {
                throw Failures.malformed();
            }
            long gatheredBytes = fields.others().length();
            for (GatheredBytes raw : gathered) {
                gatheredBytes += raw.length();
            }
            if (gatheredBytes > LONG) {
                offload(gatheredBytes, this::read, this::submit);
                return;
            }
            submit(read());
        } catch (ServingException failure) {
            giveUp();
            throw failure;
        }
    }

    /// The next step of a request that is complete.
    private interface Step<T> {
        void take(T value) throws ServingException;
    }

    private <T> void offload(long size, Work<T> work, Step<T> next) throws ServingException {
        connection.offload(size, subject, work, outcome -> worked(outcome, next));
        working = true;
    }

    private <T> void worked(Outcome<T> outcome, Step<T> next) {
        working = false;
        try {
            T value = outcome.get();
            if (cancelled) {
                giveUp();
            } else {
                next.take(value);
            }
        } catch (ServingException failure) {
            giveUp();
            if (!cancelled) {
                responder.failed(failure);
            }
        }
        if (!working) {
            worked.run();
        }
    }

    /// Whether [#finish] has left something to be done beside the loop.
    boolean isWorking() {
        return working;
    }

    /// What an answer says of its request.
    ///
    /// @param id the client's id; empty for none
    /// @param model the model's name as the client gave it
    /// @param wantsEnd whether the client wants a message for an end without an answer
    record Described(String id, String model, boolean wantsEnd) {
        static Described of(ModelInferRequest message) {
            return new Described(
                    message.getId(), message.getModelName(), InferParameters.wantsEnd(message));
        }
    }

    /// The request, as far as its message has been read.
    Described described() {
        return described;
    }

    /// Whether the request, which is open, may have any number of answers.
    boolean isDecoupled() {
        return inference != null && inference.isDecoupled();
    }

    /// A message that has been read.
    ///
    /// @param plan null where its tensors lie in their places already, or it cannot be served
    private record Read(ModelInferRequest message, @Nullable InferPlan plan) {}

    /// On any thread.
    private Read read() throws ServingException {
        ModelInferRequest message = message();
        boolean planned = destination == Destination.UNDECIDED || destination == Destination.HEAP;
        return new Read(message, planned ? plan(message, sizes()) : null);
    }

    private void submit(Read read) throws ServingException {
        InferPlan plan = read.plan();
        if (plan != null) {
            submitGathered(plan);
        } else if (destination == Destination.MEMORY) {
            submitFilled(read.message());
        } else {
            throw reason(read.message());
        }
    }

    /// It cannot be served, which its client is told.
    void refuse(ServingException reason) {
        if (inference != null && !working) {
            inference.refuse(reason);
        }
        cancel();
    }

    /// Nobody wants an answer any more. May be called at any time, also again.
    void cancel() {
        cancelled = true;
        giveUp();
    }

    private void giveUp() {
        if (working) {
            return; // Until then the memory is being read or written.
        }
        Inference open = inference;
        inference = null;
        target = null;
        destination = Destination.NOWHERE;
        forget();
        if (open != null) {
            open.cancel();
        }
    }

    private void forget() {
        connection.heap().give(counted);
        counted = 0;
        fields.others().close();
        gathered.forEach(GatheredBytes::close);
        gathered.clear();
    }

    // --- raw tensors

    @Override
    public void rawBegins(int size) throws ServingException {
        int index = rawCount;
        if (index == rawSizes.length) {
            rawSizes = Arrays.copyOf(rawSizes, 2 * index);
        }
        rawSizes[rawCount++] = size;
        if (index == 0) {
            decide(size);
        }
        Inference open = inference;
        target = null;
        if (open != null && index < expected.length) {
            if (size == expected[index]) {
                target = open.input(given[index]);
            } else {
                giveUp();
            }
        }
        gathered.add(new GatheredBytes(connection.heap()));
    }

    @Override
    public void raw(ByteBuffer bytes) throws ServingException {
        ByteBuffer into = target;
        Inference open = inference;
        if (into != null && open != null) {
            open.reserve(given[rawCount - 1], into.position() + bytes.remaining());
            into.put(bytes);
        } else if (destination != Destination.NOWHERE) {
            services.copied().in(bytes.remaining());
            gathered.getLast().add(bytes);
        }
    }

    private void decide(int firstSize) throws ServingException {
        if (fields.others().length() > LONG) {
            destination = Destination.HEAP;
            return;
        }
        ModelInferRequest soFar = message();
        header = soFar;
        headerLength = fields.others().length();
        given = InferPlan.given(soFar);
        expected = InferPlan.expectedSizes(soFar, given, firstSize);
        if (soFar.getModelName().isEmpty() || expected.length == 0) {
            destination = Destination.HEAP;
            return;
        }
        try {
            InferPlan plan = plan(soFar, expected);
            inference = services.inferences().open(plan.request(), responder);
            destination = Destination.MEMORY;
        } catch (ServingException failure) {
            refused = failure;
            destination = Destination.NOWHERE;
        }
    }

    // --- the end

    /// A client of one answer learns first that a model may have more, whatever else is wrong.
    private InferPlan plan(ModelInferRequest message, long[] sizes) throws ServingException {
        try {
            return InferPlan.of(message, sizes, services.catalog(), services.regions());
        } catch (ServingException failure) {
            String refusal = responder.refusalOfDecoupled();
            throw refusal != null
                            && services.catalog()
                                    .isDecoupled(message.getModelName(), message.getModelVersion())
                    ? new ServingException(ErrorCode.UNSUPPORTED, refusal)
                    : failure;
        }
    }

    /// The message as far as it has come, without its raw tensors.
    private ModelInferRequest message() throws ServingException {
        GatheredBytes bytes = fields.others();
        if (header != null && bytes.length() == headerLength) {
            return header;
        }
        byte[] text = bytes.array();
        if (bytes.length() > LONG) {
            long size = ParsedSize.of(ByteBuffer.wrap(text, 0, bytes.length()));
            connection.heap().take(size);
            counted += size;
        }
        try {
            ModelInferRequest message = PARSER.parseFrom(text, 0, bytes.length());
            described = Described.of(message);
            return message;
        } catch (InvalidProtocolBufferException _) {
            throw Failures.malformed();
        }
    }

    private long[] sizes() {
        return Arrays.copyOf(rawSizes, rawCount);
    }

    private void submitGathered(InferPlan plan) throws ServingException {
        Inference open = services.inferences().open(plan.request(), responder);
        inference = open;
        List<ByteBuffer> places = new ArrayList<>();
        long size = 0;
        for (int input : plan.given()) {
            places.add(open.input(input));
            size += places.getLast().remaining();
        }
        if (size <= LONG_COPY) {
            fill(plan, open, places);
            handOver(open);
            return;
        }
        offload(
                size / COPIES_A_UNIT,
                () -> {
                    fill(plan, open, places);
                    return open;
                },
                this::handOver);
    }

    /// On any thread.
    private void fill(InferPlan plan, Inference open, List<ByteBuffer> places)
            throws ServingException {
        if (rawCount == 0) {
            plan.fillContents(open, places);
        }
        for (int i = 0; i < rawCount && i < places.size(); i++) {
            ByteBuffer place = places.get(i);
            open.reserve(plan.given()[i], place.remaining());
            place.put(gathered.get(i).array(), 0, gathered.get(i).length());
        }
    }

    private void handOver(Inference open) {
        forget();
        open.submit();
    }

    private void submitFilled(ModelInferRequest message) throws ServingException {
        Inference open = inference;
        if (open == null) {
            throw new IllegalStateException("no request is open");
        }
        if (rawCount < expected.length) {
            throw reason(message);
        }
        if (message.equals(header)) {
            handOver(open);
            return;
        }
        // Fields behind the tensors that belong in front of them: begin anew with all of them.
        for (int i = 0; i < expected.length; i++) {
            services.copied().in(expected[i]);
            gathered.get(i).add(open.input(given[i]));
        }
        open.cancel();
        inference = null;
        submitGathered(plan(message, sizes()));
    }

    /// Why the request cannot be served, now that all sizes are known.
    private ServingException reason(ModelInferRequest message) throws ServingException {
        InferPlan plan = plan(message, sizes());
        if (refused != null) {
            return refused;
        }
        ServingException misfit =
                Failures.invalid(
                        "the sizes of 'raw_input_contents' do not fit the shapes of the inputs");
        services.inferences().open(plan.request(), responder).refuse(misfit);
        return misfit;
    }
}
