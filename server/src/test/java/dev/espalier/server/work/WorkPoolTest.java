package dev.espalier.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class WorkPoolTest {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final WorkPool pool = new WorkPool("work", 1, new InternalErrors(ended::countDown));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        gate.countDown();
        pool.close();
    }

    private void block() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        pool.execute(
                1,
                () -> {
                    begun.countDown();
                    await(gate);
                });
        begun.await();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void last(long size) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        pool.execute(size, over::countDown);
        gate.countDown();
        over.await();
    }

    @Test
    void doesLittleBeforeMuch() throws Exception {
        block();
        pool.execute(50_000_000, () -> done.add("much"));
        pool.execute(1, () -> done.add("little"));
        last(100_000_000);
        assertThat(done).containsExactly("little", "much");
    }

    @Test
    void refusesWhenTooMuchWaits() throws Exception {
        block();
        pool.execute(300 << 20, () -> {});
        assertThatThrownBy(() -> pool.execute(1, () -> {}))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED));
        assertThat(pool.refused()).isEqualTo(1);
        assertThat(pool.waiting()).isEqualTo(1);
    }

    @Test
    void letsOthersInBetweenTheWorkOfOneLane() throws Exception {
        block();
        WorkPool.Lane lane = pool.lane();
        lane.execute(1000, () -> done.add("first"));
        lane.execute(1000, () -> done.add("second"));
        pool.execute(2000, () -> done.add("other"));
        last(200_000_000);
        assertThat(done).containsExactly("first", "other", "second");
    }

    @Test
    void goesOnWithALaneWhoseWorkFails() throws Exception {
        WorkPool.Lane lane = pool.lane();
        lane.execute(
                1,
                () -> {
                    throw new IllegalStateException("thrown on purpose");
                });
        CountDownLatch over = new CountDownLatch(1);
        lane.execute(1, over::countDown);
        over.await();
        // Nobody has caught it, so it has come to the root of the thread.
        ended.await();
    }
}
