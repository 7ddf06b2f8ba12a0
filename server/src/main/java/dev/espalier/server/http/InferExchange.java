package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.memory.GatheredBytes;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One inference request:
///
/// 1. The bytes of its JSON part are gathered, then read.
/// 2. The request is opened; values in the JSON go to their places.
/// 3. The bytes behind the JSON go into the inputs' memory as they arrive, and are never gathered.
/// 4. It is submitted, and its result written.
///
/// When it fails, what is left of its body is read past, and then the failure is answered.
final class InferExchange implements Exchange, Responder {
    private final HttpConnection connection;
    private final HttpServices services;
    private final Route route;
    private final InferBody body;
    private final long maxInputSize;
    private final ContentCoding responseCoding;

    private final GatheredBytes gathered;
    private long plainLength;
    private @Nullable InferPlan plan;
    private @Nullable Inference inference;
    private @Nullable ServingException failure;
    private int current = -1;
    private @Nullable ByteBuffer target;

    InferExchange(
            HttpConnection connection,
            HttpServices services,
            Route route,
            InferBody body,
            long maxInputSize,
            ContentCoding responseCoding) {
        this.connection = connection;
        this.services = services;
        this.route = route;
        this.body = body;
        this.maxInputSize = maxInputSize;
        this.responseCoding = responseCoding;
        this.gathered = new GatheredBytes(services.heap());
    }

    @Override
    public void content(ByteBuf content) {
        if (failure != null) {
            return;
        }
        try {
            BodyInflater inflater = body.inflater();
            if (inflater == null) {
                plain(content);
            } else {
                inflater.inflate(content, this::plain);
            }
        } catch (ServingException refused) {
            giveUp(refused);
        }
        if (failure != null && plainLength > maxInputSize) {
            connection.refuse(Reply.error(failure));
        }
    }

    /// Bytes of the body, decompressed.
    private void plain(ByteBuf bytes) throws ServingException {
        plainLength += bytes.readableBytes();
        if (plainLength > maxInputSize) {
            throw InferBody.tooLarge("more than " + maxInputSize, maxInputSize);
        }
        if (plan == null) {
            gather(bytes);
            if (plan == null && gathered.length() == body.jsonLength()) {
                open(header(), body.behindJson());
            }
        }
        while (bytes.isReadable()) {
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

    private InferHeader header() throws ServingException {
        return InferHeaderParser.parse(gathered.array(), gathered.length());
    }

    /// @param behind how many bytes follow the JSON; -1 where that is not known yet
    private void open(InferHeader header, long behind) throws ServingException {
        InferPlan opened = InferPlan.of(header, route, behind, maxInputSize);
        plan = opened;
        inference = services.inferences().open(opened.request(), this);
        opened.fillValues(inference);
        gathered.close();
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
        if (failure == null) {
            try {
                complete();
            } catch (ServingException refused) {
                giveUp(refused);
            }
        }
        Inference open = inference;
        if (failure != null) {
            connection.fail(failure);
        } else if (open != null) {
            open.submit();
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
                open(header(), 0);
            }
        }
        InferPlan opened = plan;
        if (opened != null) {
            long missing = target == null ? 0 : target.remaining();
            opened.checkFilled(current, missing);
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
        failure = inference == null ? orUnknownModel(cause) : cause;
        abort();
    }

    /// A client learns first that there is no such model, whatever else is wrong.
    private ServingException orUnknownModel(ServingException cause) {
        try {
            services.catalog().ready(route.model(), route.version());
            return cause;
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
        BodyInflater inflater = body.inflater();
        if (inflater != null) {
            inflater.close();
        }
    }

    @Override
    public void failed(ServingException cause) {
        inference = null;
        connection.fail(cause);
    }

    @Override
    public void completed(InferenceResult result) {
        inference = null;
        InferPlan opened = plan;
        if (opened == null) {
            throw new IllegalStateException("a result came before its request was opened");
        }
        InferResponse.write(connection, services.heap(), opened, result, responseCoding);
    }
}
