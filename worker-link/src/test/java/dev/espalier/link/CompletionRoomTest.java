package dev.espalier.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What executions with many answers share with those that have one: the room of a ring, and a slot's words.
@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(60)
final class CompletionRoomTest {
    @Parameter LinkKind kind;

    private BothEnds ends;

    @BeforeEach
    void link() throws Exception {
        ends = new BothEnds(kind, LinkLayout.BLOCKS + (2 << 20));
    }

    @AfterEach
    void unlink() {
        ends.close();
    }

    /// Threads that tell as much as they like, and those that come once a slot, over a reader that falls behind as it
    /// pleases: nothing is lost, nothing overwritten, and who comes once a slot never waits for the others.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keepsRoomForACompletionOfEachSlot(long seed) throws Exception {
        int tellers = 3;
        int each = 4 * LinkLayout.RING_CAPACITY;
        CompletionRing ring = new CompletionRing(ends.serverIn, ends.serverOut, 1);
        CompletionWriter writer =
                new CompletionWriter(
                        ends.workerIn,
                        ends.workerOut,
                        2,
                        ends.server.serverDoorbells(ends.serverIn, _ -> {}));
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < tellers; t++) {
            int member = t;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < each; i++) {
                                    writer.tell(1, member, 0, 0, 0, 0, member, 0, i);
                                }
                            }));
        }
        // Until the tellers have filled their half, and wait.
        while (!threads.stream().allMatch(CompletionRoomTest::isWaiting)) {
            Thread.onSpinWait();
        }
        Random random = new Random(seed);
        int[] next = new int[tellers];
        boolean[] inUse = new boolean[LinkLayout.SLOTS];
        int completed = 0;
        int told = 0;
        while (told < tellers * each) {
            // One of each slot at most, all of a sudden.
            int burst = random.nextInt(LinkLayout.SLOTS);
            for (int slot = 0; slot < burst; slot++) {
                if (!inUse[slot]) {
                    inUse[slot] = true;
                    writer.complete(1, slot, 1, 0, 0, 0);
                    completed++;
                }
            }
            int takes = random.nextInt(LinkLayout.RING_CAPACITY);
            for (int i = 0; i < takes && ring.poll(); i++) {
                if (ring.member() == LinkLayout.ALL_MEMBERS) {
                    assertThat(inUse[ring.slot()]).isTrue();
                    inUse[ring.slot()] = false;
                    completed--;
                } else {
                    assertThat(ring.number()).isEqualTo(next[ring.member()]++);
                    told++;
                }
            }
            ring.tellTaken();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        while (ring.poll()) {
            completed--;
        }
        assertThat(completed).isZero();
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING;
    }

    /// A word that is set while the slot's next execution is in flight is not its.
    @Test
    void cancelsOneExecutionOfASlotAndNoOther() throws Exception {
        CancelWords server = new CancelWords(ends.serverIn);
        CancelWords worker = new CancelWords(ends.workerIn);
        for (int generation = 1; generation < 50; generation++) {
            for (int member = 0; member < LinkLayout.MAX_MEMBERS; member++) {
                assertThat(worker.isCancelled(3, generation, member)).isFalse();
            }
            int cancelled = 10 * generation % LinkLayout.MAX_MEMBERS;
            server.cancel(3, generation, cancelled);
            server.cancel(3, generation, LinkLayout.MAX_MEMBERS - 1);
            assertThat(worker.isCancelled(3, generation, cancelled)).isTrue();
            assertThat(worker.isCancelled(3, generation, LinkLayout.MAX_MEMBERS - 1)).isTrue();
            assertThat(worker.isCancelled(3, generation, cancelled + 1)).isFalse();
            assertThat(worker.isCancelled(2, generation, cancelled)).isFalse();
            assertThat(worker.isCancelled(4, generation, cancelled)).isFalse();
        }
    }
}
