package dev.espalier.server.execution;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(60)
final class InputMemoryTest {
    private static final long MB = 1 << 20;

    private final ByteBudget budget = new ByteBudget("request memory", "wait", 256 * MB);
    private final Segments process = new Segments();
    private InputMemory memory;

    @Parameter LinkKind kind;

    private Links links;

    /// What another thread is to do.
    private final LinkedBlockingQueue<Runnable> ahead = new LinkedBlockingQueue<>();

    /// What a worker's process would map, by number.
    private static final class Segments implements SegmentMapping {
        private final TreeMap<Integer, Long> sizes = new TreeMap<>();

        @Override
        public void add(int number, SharedRegion region) {
            assertThat(sizes.put(number, region.size())).isNull();
        }

        @Override
        public void drop(int number) {
            assertThat(sizes.remove(number)).isNotNull();
        }
    }

    @BeforeEach
    void make() throws Exception {
        links = kind.open();
        memory = new InputMemory(budget, links, ahead::add);
        memory.segments().addMapping(process);
    }

    @AfterEach
    void close() {
        memory.close();
        links.close();
        assertThat(budget.used()).isZero();
        assertThat(budget.left()).isEqualTo(budget.limit());
    }

    @Test
    void takesNothingOfTheBudgetForSmallRequests() throws Exception {
        List<Long> blocks = filled(memory, 7, MB);

        assertThat(budget.used()).isZero();
        assertThat(process.sizes).isEmpty();
        free(memory, blocks);
    }

    @Test
    void aPlaceIsAddressesUntilItIsFilled() throws Exception {
        long block = memory.allocate(200 * MB, 200 * MB);
        assertThat(budget.used()).isZero();
        assertThat(memory.areThere(block, 1)).isFalse();

        memory.makePages(block + 10 * MB, 34);

        assertThat(budget.used()).isEqualTo(256 << 10);
        assertThat(memory.areThere(block + 10 * MB, 34)).isTrue();
        assertThat(memory.areThere(block + 10 * MB - 1, 2)).isFalse();
        memory.free(block);
    }

    @Test
    void aPlaceCanBeFarLargerThanTheBudgetThatFillsIt() throws Exception {
        long block = memory.allocate(16L << 30, 4 * MB);

        memory.makePages(block, 4 * MB);

        assertThat(budget.used()).isEqualTo(4 * MB);
        assertThat(memory.segments().mappedBytes()).isLessThan(40 * MB);
        memory.free(block);
    }

    @Test
    void makesPagesOnceThatSeveralWantAtTheSameTime() throws Exception {
        long block = memory.allocate(64 * MB, 64 * MB);
        int threads = 8;
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                int shift = i * (64 << 10);
                all.add(
                        pool.submit(() -> {
                            start.await();
                            for (long offset = 0; offset < 40 * MB; offset += MB) {
                                long at = block + offset + shift;
                                memory.makePages(at, MB);
                                memory.view(at, 8).putLong(0, at);
                            }
                            return null;
                        }));
            }
        }
        for (Future<?> each : all) {
            each.get();
        }

        for (int i = 0; i < threads; i++) {
            for (long offset = 0; offset < 40 * MB; offset += MB) {
                long at = block + offset + i * (64 << 10);
                assertThat(memory.view(at, 8).getLong(0)).isEqualTo(at);
            }
        }
        assertThat(budget.used()).isBetween(40 * MB, 41 * MB);
        memory.free(block);
    }

    @Test
    void makesPagesAheadAndKeepsTheSegmentMeanwhile() throws Exception {
        long block = memory.allocate(64 * MB, 64 * MB);
        memory.makePagesAhead(block, 2 * MB);
        memory.free(block);
        assertThat(budget.tryTake(256 * MB)).isTrue();
        assertThat(process.sizes).hasSize(1);
        budget.give(256 * MB);

        ahead.remove().run();

        assertThat(budget.used()).isEqualTo(2 * MB);
        assertThat(budget.left()).isEqualTo(budget.limit());
    }

    @Test
    void leavesPagesOutThatAreWantedAheadWhenThereIsNoRoom() throws Exception {
        long block = memory.allocate(64 * MB, 64 * MB);
        memory.makePagesAhead(block, 2 * MB);
        budget.count(256 * MB);

        ahead.remove().run();

        assertThat(memory.areThere(block, MB)).isFalse();
        budget.give(256 * MB);
        memory.free(block);
    }

    @Test
    void growsBySegmentsAndGivesThemBackWhenOthersNeedThem() throws Exception {
        List<Long> blocks = filled(memory, 100, MB);
        for (long block : blocks) {
            memory.view(block, 8).putLong(0, block);
        }
        for (long block : blocks) {
            assertThat(memory.view(block, 8).getLong(0)).isEqualTo(block);
        }
        assertThat(budget.used()).isBetween(92 * MB, 100 * MB);
        assertThat(process.sizes).hasSizeGreaterThan(1);
        free(memory, blocks);

        InputMemory other = new InputMemory(budget, links, ahead::add);
        List<Long> whole = filled(other, 1, 250 * MB);

        assertThat(process.sizes).isEmpty();
        free(other, whole);
        other.close();
    }

    @Test
    void keepsSegmentsForAFewSecondsOnly() throws Exception {
        free(memory, filled(memory, 20, MB));
        memory.trim();
        assertThat(process.sizes).isNotEmpty();
        long unused = System.nanoTime();

        while (!process.sizes.isEmpty()) {
            Thread.onSpinWait();
            memory.trim();
        }

        assertThat(System.nanoTime() - unused).isGreaterThan(9_000_000_000L);
        assertThat(budget.used()).isZero();
    }

    @Test
    void givesALargeRequestASegmentToItselfThatTheNextOneUses() throws Exception {
        List<Long> first = filled(memory, 1, 100 * MB);
        assertThat(process.sizes.values()).containsExactly(100 * MB);
        free(memory, first);
        assertThat(budget.left()).isEqualTo(budget.limit());

        long second = memory.allocate(90 * MB, 90 * MB);

        assertThat(first).containsExactly(second);
        assertThat(memory.areThere(second, 90 * MB)).isTrue();
        assertThat(process.sizes.values()).containsExactly(100 * MB);
        assertThat(budget.left()).isEqualTo(budget.limit() - 100 * MB);
        memory.free(second);
    }

    @Test
    void refusesWhatIsOverTheBudgetAndGoesOn() throws Exception {
        List<Long> blocks = filled(memory, 2, 100 * MB);

        assertThatThrownBy(() -> memory.allocate(100 * MB, 100 * MB))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("209715200 of 268435456 bytes of request memory are in use");
        assertThatThrownBy(() -> memory.allocate(Long.MAX_VALUE / 4, Long.MAX_VALUE / 4))
                .isInstanceOf(ServingException.class);
        assertThat(budget.used()).isEqualTo(200 * MB);
        blocks.addAll(filled(memory, 40, MB));
        free(memory, blocks);
    }

    @Test
    void refusesBytesThatArriveWhenTheBudgetIsUsedUpAndTakesThemLater() throws Exception {
        long block = memory.allocate(200 * MB, 200 * MB);
        memory.makePages(block, 100 * MB);
        budget.count(150 * MB);

        assertThatThrownBy(() -> memory.makePages(block, 200 * MB))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("no room");
        assertThat(budget.used()).isBetween(250 * MB, 256 * MB);
        budget.give(150 * MB);

        memory.makePages(block, 200 * MB);
        memory.free(block);
    }

    @Test
    void handsNothingMoreOutWhileResultsTakeUpMoreThanThereIs() throws Exception {
        budget.count(257 * MB);

        assertThatThrownBy(() -> memory.allocate(9 * MB, 9 * MB))
                .isInstanceOf(ServingException.class);
        budget.give(257 * MB);

        free(memory, filled(memory, 1, 9 * MB));
    }

    @Test
    void refusesAndKeepsNothingWhenTheMachineHasNoMoreAddresses() throws Exception {
        long more = 1L << 45;
        ByteBudget boundless = new ByteBudget("request memory", "wait", Long.MAX_VALUE);
        InputMemory large = new InputMemory(boundless, links, ahead::add);
        List<Long> blocks = new ArrayList<>();

        assertThatThrownBy(
                        () -> {
                            while (true) {
                                blocks.add(large.allocate(more, more));
                            }
                        })
                .isInstanceOf(ServingException.class);

        assertThat(boundless.used()).isZero();
        free(large, blocks);
        large.close();
    }

    @Test
    void tellsAProcessThatComesLaterOfAllSegments() throws Exception {
        List<Long> blocks = filled(memory, 30, MB);
        Segments later = new Segments();

        memory.segments().addMapping(later);

        assertThat(later.sizes).isEqualTo(process.sizes).isNotEmpty();
        memory.segments().removeMapping(later);
        free(memory, blocks);
    }

    @Test
    void addressesBlocksBySegmentAndOffset() throws Exception {
        long block = memory.allocateNear(100);
        assertThat(LinkLayout.segment(block)).isZero();
        memory.makePages(block, 100);
        memory.memory().set(JAVA_LONG, LinkLayout.offset(block), 42);

        assertThat(memory.view(block, 8).order(ByteOrder.nativeOrder()).getLong()).isEqualTo(42);
        memory.free(block);
    }

    private static List<Long> filled(InputMemory memory, int count, long size)
            throws ServingException {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(memory.allocate(size, size));
            memory.makePages(blocks.getLast(), size);
        }
        assertThat(blocks).doesNotHaveDuplicates();
        return blocks;
    }

    private static void free(InputMemory memory, List<Long> blocks) {
        blocks.forEach(memory::free);
    }
}
