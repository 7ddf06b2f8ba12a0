package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.memory.GatheredBytes;
import dev.espalier.server.tracing.Arrival;
import dev.espalier.server.work.Outcome;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One inference request:
///
/// 1. The bytes of its JSON part are gathered, then read.
/// 2. The request is opened; values in the JSON go to their places.
/// 3. The bytes behind the JSON go into the inputs' memory as they arrive, and are never gathered.
/// 4. It is submitted, and its result written.
///
/// Steps that take longer than the loop may be held up are done beside it ([WorkBeside#offload]); what has come
/// meanwhile is kept in `rest`. When it fails, what is left of its body is read past, and then the failure is
/// answered.
final class InferExchange implements Exchange, Responder {
    /// JSON and compressed bodies of fewer bytes are read on the loop: that takes less than a hand-over would hold
    /// the request up.
    private static final int LONG_JSON = 256 << 10;

    private static final int LONG_COMPRESSED = 4 << 10;
    private static final int LONG_COPY = 4 << 20;

    /// How much work a byte is that is decompressed, or copied: see [WorkBeside#offload].
    private static final int COPIES_A_UNIT = 64;

    private final HttpConnection connection;
    private final HttpServices services;
    private final Route route;
    private final InferBody body;
    private final long maxInputSize;
    private final ContentCoding responseCoding;
    private final @Nullable Arrival arrival;
    private final GatheredBytes gathered;
    private long plainLength;
    private @Nullable InferPlan plan;
    private @Nullable Inference inference;
    private @Nullable InferenceResult held;
    private @Nullable ServingException failure;
    private @Nullable ByteBuf rest;
    private boolean ended;
    private int current = -1;
    private @Nullable ByteBuffer target;

    InferExchange(
            HttpConnection connection,
            HttpServices services,
            Route route,
            InferBody body,
            long maxInputSize,
            ContentCoding responseCoding,
            @Nullable Arrival arrival) {
        this.connection = connection;
        this.services = services;
        this.route = route;
        this.body = body;
        this.maxInputSize = maxInputSize;
        this.responseCoding = responseCoding;
        this.arrival = arrival;
        this.gathered = new GatheredBytes(connection.heap());
    }

    // --- the body

    @Override
    public void content(ByteBuf content) {
        if (failure != null) {
            return;
        }
        try {
            BodyInflater inflater = body.inflater();
            if (inflater == null) {
                take(content);
            } else {
                inflater.feed(content);
                inflate(inflater);
            }
        } catch (ServingException refused) {
            giveUp(refused);
        }
        refuseWhatIsTooLong();
    }

    private void refuseWhatIsTooLong() {
        if (failure != null && plainLength > maxInputSize) {
            connection.refuse(Reply.error(failure));
        }
    }

    /// Decompresses what has been fed, piece by piece, and beside the loop where there is more than one.
    private void inflate(BodyInflater inflater) throws ServingException {
        boolean many = inflater.waiting() > LONG_COMPRESSED;
        while (inflater.hasInput() && !connection.work().isUnderWay() && failure == null) {
            if (many) {
                connection.work().offload(BodyInflater.PIECE, inflater::next, this::inflated);
                return;
            }
            ByteBuf piece = inflater.next();
            many = piece.readableBytes() == BodyInflater.PIECE;
            take(piece);
        }
    }

    private void inflated(Outcome<ByteBuf> piece) {
        goOn(() -> take(piece.get()));
    }

    /// A step of reading the body, on the loop.
    private interface Step {
        void run() throws ServingException;
    }

    /// Goes on where the body's reading stopped for work beside the loop.
    private void goOn(Step step) {
        try {
            step.run();
            if (connection.isGone()) {
                return;
            }
            ByteBuf waiting = rest;
            if (waiting != null && !connection.work().isUnderWay()) {
                rest = null;
                try {
                    plain(waiting);
                } finally {
                    waiting.release();
                }
            }
            BodyInflater inflater = body.inflater();
            if (inflater != null) {
                inflate(inflater);
            }
        } catch (ServingException refused) {
            giveUp(refused);
            refuseWhatIsTooLong();
        }
        if (ended && !connection.work().isUnderWay()) {
            checkFilled();
            submit();
        }
    }

    private void take(ByteBuf bytes) throws ServingException {
        plainLength += bytes.readableBytes();
        if (plainLength > maxInputSize) {
            throw InferBody.tooLarge("more than " + maxInputSize, maxInputSize);
        }
        plain(bytes);
    }

    /// Bytes of the body, decompressed.
    private void plain(ByteBuf bytes) throws ServingException {
        if (plan == null) {
            gather(bytes);
            if (plan == null && gathered.length() == body.jsonLength()) {
                open(body.behindJson());
            }
        }
        if (connection.work().isUnderWay()) {
            rest = bytes.isReadable() ? bytes.retainedSlice() : null;
            return;
        }
        while (bytes.isReadable() && failure == null) {
            if (target == null || !target.hasRemaining()) {
                next();
            }
            fill(bytes);
        }
    }

    private void gather(ByteBuf bytes) throws ServingException {
        if (body.isRaw() && body.length() >= 0) {
            open(RawRequest.header(services.catalog(), route, body.length()), -1);
            return;
        }
        long wanted =
                body.jsonLength() > 0 ? body.jsonLength() - gathered.length() : Long.MAX_VALUE;
        int count = (int) Math.min(bytes.readableBytes(), wanted);
        gathered.add(bytes.nioBuffer(bytes.readerIndex(), count));
        bytes.skipBytes(count);
    }

    // --- the request

    /// Reads the JSON, which is complete.
    ///
    /// @param behind how many bytes follow the JSON; -1 where that is not known yet
    private void open(long behind) throws ServingException {
        if (gathered.length() <= LONG_JSON) {
            open(header(), behind);
            return;
        }
        connection
                .work()
                .offload(
                        gathered.length(),
                        () -> plan(header(), behind),
                        read -> goOn(() -> open(read.get())));
    }

    private InferHeader header() throws ServingException {
        return InferHeaderParser.parse(gathered.array(), gathered.length());
    }

    private InferPlan plan(InferHeader header, long behind) throws ServingException {
        return InferPlan.of(
                header, route, behind, maxInputSize, services.regions(), connection.heap());
    }

    private void open(InferHeader header, long behind) throws ServingException {
        open(plan(header, behind));
    }

    private void open(InferPlan opened) throws ServingException {
        plan = opened;
        gathered.close();
        if (connection.isGone()) {
            return;
        }
        Inference open = services.inferences().open(opened.request(), this);
        inference = open;
        @Nullable ByteBuffer[] places = opened.places(open);
        if (opened.valueBytes() <= LONG_COPY) {
            opened.fill(open, places);
            opened.close();
            return;
        }
        connection
                .work()
                .offload(
                        opened.valueBytes() / COPIES_A_UNIT,
                        () -> {
                            opened.fill(open, places);
                            return opened;
                        },
                        filled ->
                                goOn(() -> {
                                    InferPlan _ = filled.get();
                                    opened.close();
                                }));
    }

    /// Goes on to the next input whose bytes follow the JSON.
    private void next() throws ServingException {
        InferPlan opened = plan;
        Inference open = inference;
        if (opened == null || open == null) {
            throw new IllegalStateException("no request is open");
        }
        do {
            current = opened.nextBinary(current);
            if (current < 0) {
                throw opened.surplus();
            }
            target = open.input(current);
        } while (!target.hasRemaining());
        open.reserve(current, Math.min(InferPlan.LONGEST_BEGIN, target.remaining()));
        opened.begin(target);
    }

    private void fill(ByteBuf bytes) throws ServingException {
        ByteBuffer into = target;
        Inference open = inference;
        if (into == null || open == null) {
            throw new IllegalStateException("no input is open");
        }
        int count = Math.min(bytes.readableBytes(), into.remaining());
        open.reserve(current, into.position() + count);
        int end = into.limit();
        bytes.readBytes(into.limit(into.position() + count));
        into.limit(end);
    }

    @Override
    public void end() {
        ended = true;
        if (arrival != null) {
            arrival.read();
        }
        if (failure == null) {
            try {
                complete();
            } catch (ServingException refused) {
                giveUp(refused);
            }
        }
        if (!connection.work().isUnderWay()) {
            checkFilled();
            submit();
        }
    }

    private void complete() throws ServingException {
        BodyInflater inflater = body.inflater();
        if (inflater != null) {
            inflater.checkComplete();
            inflater.close();
        }
        if (plan == null) {
            if (body.jsonLength() > 0) {
                throw InferBody.headerOutOfRange(plainLength, body.headerText());
            }
            if (body.isRaw() || plainLength == 0) {
                ByteBuffer raw = ByteBuffer.wrap(gathered.array(), 0, gathered.length());
                open(RawRequest.header(services.catalog(), route, raw.remaining()), -1);
                plainRaw(raw);
            } else {
                open(0);
            }
        }
    }

    private void checkFilled() {
        InferPlan opened = plan;
        if (opened == null || failure != null) {
            return;
        }
        try {
            opened.checkFilled(current, target == null ? 0 : target.remaining());
        } catch (ServingException refused) {
            giveUp(refused);
        }
    }

    private void submit() {
        Inference open = inference;
        if (failure != null) {
            connection.fail(failure);
        } else if (open != null) {
            open.submit();
        }
    }

    /// A raw request whose length was not known before its end.
    private void plainRaw(ByteBuffer raw) throws ServingException {
        Inference open = inference;
        if (open == null || !open.input(0).hasRemaining()) {
            return;
        }
        services.copied().in(raw.remaining());
        next();
        if (target != null) {
            open.reserve(current, target.limit());
            target.put(raw);
        }
    }

    private void giveUp(ServingException cause) {
        Inference open = inference;
        failure = open == null ? orUnknownModel(cause) : cause;
        if (open != null) {
            open.refuse(cause);
        }
        abort();
    }

    /// A client learns first that there is no such model, or that it has more than one answer, whatever else is wrong.
    private ServingException orUnknownModel(ServingException cause) {
        try {
            services.catalog().ready(route.model(), route.version());
            return services.catalog().isDecoupled(route.model(), route.version())
                    ? new ServingException(ErrorCode.UNSUPPORTED, refusalOfDecoupled())
                    : cause;
        } catch (ServingException unknown) {
            return unknown;
        }
    }

    @Override
    public void abort() {
        Inference open = inference;
        inference = null;
        if (open != null) {
            open.cancel();
        }
        gathered.close();
        if (plan != null) {
            plan.close();
        }
        BodyInflater inflater = body.inflater();
        if (inflater != null) {
            inflater.close();
        }
        if (rest != null) {
            rest.release();
            rest = null;
        }
        releaseResult();
    }

    private void releaseResult() {
        InferenceResult unused = held;
        held = null;
        if (unused != null) {
            unused.release();
        }
    }

    // --- the answer

    @Override
    public void failed(ServingException cause) {
        inference = null;
        connection.guarded(() -> connection.fail(cause));
    }

    @Override
    public List<FairShare> shares() {
        return connection.tensors();
    }

    @Override
    public @Nullable Arrival arrival() {
        return arrival;
    }

    @Override
    public String refusalOfDecoupled() {
        return "HTTP end point doesn't support models with decoupled transaction policy";
    }

    @Override
    public void completed(InferenceResult result) {
        inference = null;
        held = result;
        connection.guarded(() -> answer(result));
    }

    private void answer(InferenceResult result) {
        InferPlan opened = plan;
        if (opened == null) {
            throw new IllegalStateException("a result came before its request was opened");
        }
        long work = InferResponse.work(opened, result, responseCoding);
        if (work <= InferResponse.SHORT) {
            try {
                send(result, encoded(connection.json(), opened, result));
            } catch (ServingException refused) {
                refuseAnswer(refused);
            }
            return;
        }
        try {
            connection
                    .work()
                    .offload(
                            work,
                            () -> encoded(new JsonBuffer(), opened, result),
                            response -> sendOrRefuse(result, response));
        } catch (ServingException refused) {
            refuseAnswer(refused);
        }
    }

    private void sendOrRefuse(InferenceResult result, Outcome<InferResponse> response) {
        try {
            send(result, response.get());
        } catch (ServingException refused) {
            refuseAnswer(refused);
        }
    }

    private InferResponse encoded(JsonBuffer json, InferPlan opened, InferenceResult result)
            throws ServingException {
        return InferResponse.encode(json, connection.heap(), opened, result, responseCoding);
    }

    private void send(InferenceResult result, InferResponse response) {
        held = null;
        response.send(connection, result);
    }

    private void refuseAnswer(ServingException refused) {
        releaseResult();
        connection.fail(refused);
    }
}
