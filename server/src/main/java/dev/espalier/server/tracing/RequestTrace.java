package dev.espalier.server.tracing;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is noted of one request. Used by one thread at a time: the request's event loop, whoever releases its answer,
/// and then, from [#end] on, who writes traces.
public final class RequestTrace {
    /// Of an id and of a failure.
    private static final int LONGEST_TEXT = 512;

    /// What an execution is timed by.
    private static final List<Moment> RUN =
            List.of(
                    Moment.COMPUTE_START,
                    Moment.COMPUTE_INPUT_END,
                    Moment.COMPUTE_OUTPUT_START,
                    Moment.COMPUTE_END);

    private final Tracing tracing;
    private final TraceSampler sampler;
    private final Subject subject;
    private final Arrival arrival;
    private final long number;
    private final Map<Moment, Long> times = new EnumMap<>(Moment.class);
    private int rows;
    private int batchRows;
    private @Nullable String failure;
    private boolean ended;

    /// Who is asked for what.
    ///
    /// @param version the version that is to answer
    /// @param opSet the hashes of the op libraries that it runs with
    /// @param id the client's id of the request; empty for none
    public record Subject(String model, String version, List<String> opSet, String id) {
        public Subject {
            id = cut(id);
        }
    }

    /// What clients say is kept only so far: traces wait for their file longer than requests live.
    private static String cut(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    }

    RequestTrace(Tracing tracing, TraceSampler sampler, Subject subject, Arrival arrival) {
        this.tracing = tracing;
        this.sampler = sampler;
        this.subject = subject;
        this.arrival = arrival;
        this.number = tracing.nextNumber();
        at(arrival.door().begins(), arrival.begun());
    }

    /// A moment came at a time of the machine's monotonic clock, in ns. The first time of each counts, and none after
    /// the end, when others read them.
    public void at(Moment moment, long nanos) {
        if (!ended) {
            times.putIfAbsent(moment, nanos);
        }
    }

    /// It has been read, and waits for an instance.
    public void submitted() {
        long now = System.nanoTime();
        at(arrival.door().read(), arrival.readAt() == 0 ? now : arrival.readAt());
        at(Moment.QUEUE_START, now);
    }

    /// An execution has answered it: the first one counts. A worker may say any times; what cannot be is what can be
    /// nearest to it.
    ///
    /// @param instants in ns: an instance has taken it, the engine is called, has returned, the results are there
    public void ran(long... instants) {
        long least = times.getOrDefault(Moment.QUEUE_START, arrival.begun());
        long most = Math.max(least, System.nanoTime());
        for (int i = 0; i < RUN.size(); i++) {
            least = Math.clamp(instants[i], least, most);
            at(RUN.get(i), least);
        }
    }

    /// The execution was that of a whole batch.
    ///
    /// @param own its rows of the batch
    /// @param all the batch's rows
    public void batch(int own, int all) {
        rows = own;
        batchRows = all;
    }

    /// It has had its last word, which its protocol begins to write.
    public void answered() {
        long now = System.nanoTime();
        at(Moment.INFER_RESPONSE_COMPLETE, now);
        at(Moment.REQUEST_END, now);
        at(arrival.door().writes(), now);
    }

    /// Its answer has been handed to the socket, or nobody takes it: the end.
    public void written() {
        at(arrival.door().written(), System.nanoTime());
        end();
    }

    /// It has failed, or been given up: the end.
    public void failed(String text) {
        if (!ended) {
            failure = cut(text);
            end();
        }
    }

    private void end() {
        if (!ended) {
            at(Moment.REQUEST_END, System.nanoTime());
            ended = true;
            tracing.ended(this);
        }
    }

    // --- for who writes it

    TraceSampler sampler() {
        return sampler;
    }

    /// Tells it from the others of this server.
    public long number() {
        return number;
    }

    public Subject subject() {
        return subject;
    }

    public Door door() {
        return arrival.door();
    }

    /// The client's span; null where it has told none.
    public @Nullable TraceParent parent() {
        return arrival.parent();
    }

    public int rows() {
        return rows;
    }

    /// The rows of the execution that it was part of; 0 where it has not run with a batch.
    public int batchRows() {
        return batchRows;
    }

    /// Why it has failed; null where it has not.
    public @Nullable String failure() {
        return failure;
    }

    /// The moments that came, with their times in ns of the machine's monotonic clock.
    public Map<Moment, Long> times() {
        return Collections.unmodifiableMap(times);
    }
}
