package dev.espalier.abacus;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.espalier.server.execution.Answer;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.scheduling.Member;
import dev.espalier.server.scheduling.ModelScheduler;
import dev.espalier.server.scheduling.Placement;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/// A request to a counting model, as a protocol has one: it notes what it is told, in order.
final class CountingRequest extends Member {
    private final ModelScheduler scheduler;
    private final int rows;
    private final float count;
    private final float way;
    private final CompletableFuture<List<String>> told = new CompletableFuture<>();

    /// The loop's own.
    private final List<String> noted = new ArrayList<>();

    private final LinkedBlockingQueue<Answer> unread = new LinkedBlockingQueue<>();
    private boolean reads = true;

    CountingRequest(ModelScheduler scheduler, LinkedLoop loop, int rows, int count, int way) {
        super(
                loop,
                new Placement(
                        rows,
                        true,
                        new int[] {0},
                        new DataType[] {DataType.FP32},
                        new long[][] {{rows, 2}},
                        new long[] {8L * rows},
                        new int[] {0}),
                0);
        this.scheduler = scheduler;
        this.rows = rows;
        this.count = count;
        this.way = way;
    }

    /// Has its answers lie where they are.
    CountingRequest unread() {
        reads = false;
        return this;
    }

    CountingRequest send() throws Exception {
        return call(() -> {
            boolean _ = scheduler.open(this);
            scheduler.place(this);
            makePages(0, 8L * rows);
            ByteBuffer view = view(0).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < rows; row++) {
                view.putFloat(count).putFloat(way);
            }
            scheduler.submit(this);
            return this;
        });
    }

    void cancel() throws Exception {
        call(() -> {
            scheduler.cancel(this);
            return null;
        });
    }

    private <T> T call(Callable<T> action) throws Exception {
        return loop().eventLoop().submit(action).get(30, SECONDS);
    }

    /// Waits for one answer more, of a request that does not read.
    Answer awaitUnread() throws InterruptedException {
        Answer answer = unread.poll(30, SECONDS);
        if (answer == null) {
            throw new AssertionError("no answer within 30 s");
        }
        return answer;
    }

    /// How many answers lie unread and not waited for.
    int lying() {
        return unread.size();
    }

    /// What it has been told by its last word.
    List<String> told() throws Exception {
        return told.get(30, SECONDS);
    }

    boolean isOver() {
        return told.isDone();
    }

    @Override
    protected void completed(ExecutionOutcome.Done outcome, int batchRows, int row) {
        note("answer for all");
        outcome.answer().release();
        end();
    }

    @Override
    protected void answered(ExecutionOutcome.Done answer, boolean last) {
        ByteBuffer bytes =
                answer.outputs().getFirst().data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        note("%d of %d rows".formatted((int) bytes.getFloat(), (int) bytes.getFloat()));
        if (reads) {
            answer.answer().release();
        } else {
            unread.add(answer.answer());
        }
        if (last) {
            note("last");
            end();
        }
    }

    @Override
    protected void finished() {
        note("finished");
        end();
    }

    @Override
    protected void failed(ServingException failure) {
        note("%s: %s".formatted(failure.code(), failure.getMessage()));
        end();
    }

    private void note(String what) {
        noted.add(what);
    }

    private void end() {
        if (!told.complete(List.copyOf(noted))) {
            throw new IllegalStateException("told of after its last word: " + noted);
        }
    }
}
