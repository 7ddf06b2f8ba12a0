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
        memory = new InputMemory(budget, links);
        memory.segments().addMapping(process);
    }

    @AfterEach
    void close() {
        memory.close();
        links.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void takesNothingOfTheBudgetForSmallRequests() throws Exception {
        List<Long> blocks = allocate(memory, 7, 1 << 20);

        assertThat(budget.used()).isZero();
        assertThat(process.sizes).isEmpty();
        free(memory, blocks);
    }

    @Test
    void growsBySegmentsAndGivesThemBackWhenOthersNeedThem() throws Exception {
        List<Long> blocks = allocate(memory, 100, 1 << 20);
        for (long block : blocks) {
            memory.view(block, 8).putLong(0, block);
        }
        for (long block : blocks) {
            assertThat(memory.view(block, 8).getLong(0)).isEqualTo(block);
        }
        assertThat(budget.used()).isBetween(92 * MB, 192 * MB);
        assertThat(process.sizes).hasSizeGreaterThan(1);
        free(memory, blocks);

        InputMemory other = new InputMemory(budget, links);
        List<Long> whole = allocate(other, 1, 250 * MB);

        assertThat(process.sizes).isEmpty();
        free(other, whole);
        other.close();
    }

    @Test
    void keepsSegmentsForAFewSecondsOnly() throws Exception {
        free(memory, allocate(memory, 20, MB));
        memory.trim();
        assertThat(process.sizes).isNotEmpty();
        long unused = System.nanoTime();

        while (!process.sizes.isEmpty()) {
            Thread.onSpinWait();
            memory.trim();
        }

        assertThat(System.nanoTime() - unused).isGreaterThan(4_000_000_000L);
        assertThat(budget.used()).isZero();
    }

    @Test
    void givesALargeRequestASegmentToItselfThatTheNextOneUses() throws Exception {
        List<Long> first = allocate(memory, 1, 100 * MB);
        assertThat(process.sizes.values()).containsExactly(100 * MB);
        free(memory, first);

        List<Long> second = allocate(memory, 1, 90 * MB);

        assertThat(second).isEqualTo(first);
        assertThat(process.sizes.values()).containsExactly(100 * MB);
        free(memory, second);
    }

    @Test
    void refusesWhatIsOverTheBudgetAndGoesOn() throws Exception {
        List<Long> blocks = allocate(memory, 2, 100 * MB);

        assertThatThrownBy(() -> memory.allocate(100 * MB))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("209715200 of 268435456 bytes of request memory are in use");
        assertThatThrownBy(() -> memory.allocate(Long.MAX_VALUE / 4))
                .isInstanceOf(ServingException.class);
        assertThat(budget.used()).isEqualTo(200 * MB);
        blocks.addAll(allocate(memory, 40, MB));
        free(memory, blocks);
    }

    @Test
    void handsNothingMoreOutWhileResultsTakeUpMoreThanIsLeft() throws Exception {
        List<Long> blocks = allocate(memory, 1, 20 * MB);
        budget.count(250 * MB);

        assertThatThrownBy(() -> memory.allocate(9 * MB)).isInstanceOf(ServingException.class);
        budget.give(250 * MB);

        blocks.addAll(allocate(memory, 1, 9 * MB));
        free(memory, blocks);
    }

    @Test
    void tellsAProcessThatComesLaterOfAllSegments() throws Exception {
        List<Long> blocks = allocate(memory, 30, MB);
        Segments later = new Segments();

        memory.segments().addMapping(later);

        assertThat(later.sizes).isEqualTo(process.sizes).isNotEmpty();
        memory.segments().removeMapping(later);
        free(memory, blocks);
    }

    @Test
    void addressesBlocksBySegmentAndOffset() throws Exception {
        long block = memory.allocate(100);
        assertThat(LinkLayout.segment(block)).isZero();
        memory.memory().set(JAVA_LONG, LinkLayout.offset(block), 42);

        assertThat(memory.view(block, 8).order(ByteOrder.nativeOrder()).getLong()).isEqualTo(42);
        memory.free(block);
    }

    private static List<Long> allocate(InputMemory memory, int count, long size)
            throws ServingException {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(memory.allocate(size));
        }
        assertThat(blocks).doesNotHaveDuplicates();
        return blocks;
    }

    private static void free(InputMemory memory, List<Long> blocks) {
        blocks.forEach(memory::free);
    }
}
