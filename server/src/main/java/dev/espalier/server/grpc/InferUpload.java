package dev.espalier.server.grpc;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.memory.GatheredBytes;
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
    private final Responder responder;
    private final RequestFields fields;
    private Destination destination = Destination.UNDECIDED;

    private @Nullable ModelInferRequest header;
    private int headerLength;
    private long[] expected = {};
    private @Nullable Inference inference;
    private @Nullable ByteBuffer target;

    private long[] rawSizes = new long[2];
    private int rawCount;
    private final List<GatheredBytes> gathered = new ArrayList<>(0);
    private @Nullable ServingException malformed;
    private @Nullable ServingException refused;
    private boolean cancelled;

    /// @param length how many bytes the message has; `Long.MAX_VALUE` where that is not known
    InferUpload(GrpcServices services, Responder responder, long length) {
        this.services = services;
        this.responder = responder;
        this.fields = new RequestFields(this, services.heap(), length);
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

    /// Hands the request over; its message is complete.
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
            ModelInferRequest message = message();
            switch (destination) {
                case UNDECIDED, HEAP -> submitGathered(message);
                case MEMORY -> submitFilled(message);
                case NOWHERE -> throw reason(message);
            }
        } catch (ServingException failure) {
            giveUp();
            throw failure;
        }
        forget();
    }

    /// Nobody wants an answer any more. May be called at any time, also again.
    void cancel() {
        cancelled = true;
        giveUp();
    }

    private void giveUp() {
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
                target = open.input(index);
            } else {
                giveUp();
            }
        }
        gathered.add(new GatheredBytes(services.heap()));
    }

    @Override
    public void raw(ByteBuffer bytes) throws ServingException {
        ByteBuffer into = target;
        Inference open = inference;
        if (into != null && open != null) {
            open.reserve(rawCount - 1, into.position() + bytes.remaining());
            into.put(bytes);
        } else if (destination != Destination.NOWHERE) {
            services.copied().in(bytes.remaining());
            gathered.getLast().add(bytes);
        }
    }

    private void decide(int firstSize) throws ServingException {
        ModelInferRequest soFar = message();
        header = soFar;
        headerLength = fields.others().length();
        expected = InferPlan.expectedSizes(soFar, firstSize);
        if (soFar.getModelName().isEmpty() || expected.length == 0) {
            destination = Destination.HEAP;
            return;
        }
        try {
            InferPlan plan = InferPlan.of(soFar, expected, services.catalog());
            inference = services.inferences().open(plan.request(), responder);
            destination = Destination.MEMORY;
        } catch (ServingException failure) {
            refused = failure;
            destination = Destination.NOWHERE;
        }
    }

    // --- the end

    /// The message as far as it has come, without its raw tensors.
    private ModelInferRequest message() throws ServingException {
        GatheredBytes bytes = fields.others();
        if (header != null && bytes.length() == headerLength) {
            return header;
        }
        try {
            return PARSER.parseFrom(bytes.array(), 0, bytes.length());
        } catch (InvalidProtocolBufferException _) {
            throw Failures.malformed();
        }
    }

    private long[] sizes() {
        return Arrays.copyOf(rawSizes, rawCount);
    }

    private void submitGathered(ModelInferRequest message) throws ServingException {
        InferPlan plan = InferPlan.of(message, sizes(), services.catalog());
        Inference open = services.inferences().open(plan.request(), responder);
        inference = open;
        if (rawCount == 0) {
            plan.fillContents(open);
        }
        for (int i = 0; i < rawCount && i < plan.request().inputs().size(); i++) {
            ByteBuffer place = open.input(i);
            open.reserve(i, place.remaining());
            place.put(gathered.get(i).array(), 0, gathered.get(i).length());
        }
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
            open.submit();
            return;
        }
        // Fields behind the tensors that belong in front of them: begin anew with all of them.
        for (int i = 0; i < expected.length; i++) {
            services.copied().in(expected[i]);
            gathered.get(i).add(open.input(i));
        }
        open.cancel();
        inference = null;
        submitGathered(message);
    }

    /// Why the request cannot be served, now that all sizes are known.
    private ServingException reason(ModelInferRequest message) throws ServingException {
        InferPlan plan = InferPlan.of(message, sizes(), services.catalog());
        if (refused != null) {
            return refused;
        }
        services.inferences().open(plan.request(), responder).cancel();
        return Failures.invalid(
                "the sizes of 'raw_input_contents' do not fit the shapes of the inputs");
    }
}
