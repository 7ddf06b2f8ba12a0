package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class BlockAllocatorTest {
    private static final long MEGABYTE = 1 << 20;
    private static final long CAPACITY = 37 * MEGABYTE;

    private SealedRegion region;
    private BlockAllocator blocks;

    @BeforeEach
    void makeRegion() throws LinkException {
        region = SealedRegion.createWritable("blocks", LinkLayout.BLOCKS + CAPACITY);
        blocks = new BlockAllocator(region, LinkLayout.BLOCKS);
    }

    @AfterEach
    void closeRegion() {
        region.close();
    }

    @Test
    void handsOutTheBlockFreedLast() {
        long first = blocks.allocate(5000);
        long second = blocks.allocate(5000);
        blocks.free(first);
        blocks.free(second);

        assertThat(blocks.allocate(5000)).isEqualTo(second);
        assertThat(blocks.allocate(5000)).isEqualTo(first);
    }

    @Test
    void joinsSmallBlocksIntoLargeOnesAgain() {
        List<Long> all = new ArrayList<>();
        long block;
        while ((block = blocks.allocate(1000)) >= 0) {
            all.add(block);
        }
        assertThat(all).hasSize((int) (CAPACITY / 1024));
        all.forEach(blocks::free);

        assertThat(blocks.allocate(32 * MEGABYTE)).isNotNegative();
    }

    @Test
    void saysNoWhenThereIsNoRoom() {
        assertThat(blocks.allocate(64 * MEGABYTE)).isNegative();
        assertThat(blocks.allocate(Long.MAX_VALUE)).isNegative();
        assertThat(blocks.usedBytes()).isZero();
    }

    @Test
    void refusesToFreeWhatItDidNotHandOut() {
        assertThatThrownBy(() -> blocks.free(LinkLayout.BLOCKS + 3 * MEGABYTE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blocks.free(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givesThePagesOfFreeBlocksBackThatNobodyUsed() throws Exception {
        try (SealedRegion peers =
                SealedRegion.createForPeer("peer", LinkLayout.BLOCKS + CAPACITY)) {
            SealedRegion own = SealedRegion.attach(peers.descriptor(), peers.size(), true);
            BlockAllocator pages = new BlockAllocator(own, LinkLayout.BLOCKS);
            long kept = pages.allocate(MEGABYTE);
            long large = pages.allocate(8 * MEGABYTE);
            pages.free(large);
            pages.free(pages.allocate(1000));
            assertThat(residentPages(peers)).isEqualTo(10 * MEGABYTE);

            pages.trim();
            assertThat(residentPages(peers)).isEqualTo(10 * MEGABYTE);
            pages.trim();

            assertThat(residentPages(peers)).isEqualTo(MEGABYTE);
            assertThat(pages.allocate(8 * MEGABYTE)).isNotNegative();
            assertThat(residentPages(peers)).isEqualTo(9 * MEGABYTE);
            pages.free(kept);
        }
    }

    @Test
    void keepsAsManyPagesOfFreeBlocksAsItIsTold() throws Exception {
        try (SealedRegion peers =
                SealedRegion.createForPeer("peer", LinkLayout.BLOCKS + CAPACITY)) {
            SealedRegion own = SealedRegion.attach(peers.descriptor(), peers.size(), true);
            BlockAllocator pages = new BlockAllocator(own, LinkLayout.BLOCKS);
            long used = pages.allocate(4 * MEGABYTE);
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                blocks.add(pages.allocate(4 * MEGABYTE));
            }
            own.memory().set(JAVA_LONG, used, 42);
            blocks.forEach(pages::free);

            pages.trimTo(8 * MEGABYTE);

            assertThat(residentPages(peers)).isEqualTo(12 * MEGABYTE);
            assertThat(own.memory().get(JAVA_LONG, used)).isEqualTo(42);
            assertThat(pages.allocate(16 * MEGABYTE)).isNotNegative();
        }
    }

    /// Bytes of the memory that exist.
    private static long residentPages(SealedRegion memory) throws IOException {
        String file =
                "/proc/%d/fd/%d".formatted(ProcessHandle.current().pid(), memory.descriptor());
        Process stat =
                new ProcessBuilder("stat", "--dereference", "--format=%b", file)
                        .redirectErrorStream(true)
                        .start();
        String blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return 512 * Long.parseLong(blocks.strip());
    }

    /// Against a plain map of what is handed out.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void neverHandsOutOverlappingBlocks(long seed) {
        Random random = new Random(seed);
        TreeMap<Long, Long> used = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(100) < 55) {
                long size = 1 + (long) Math.pow(2, random.nextDouble(23));
                long offset = blocks.allocate(size);
                if (offset >= 0) {
                    assertFree(used, offset, size);
                    used.put(offset, size);
                }
            } else if (!used.isEmpty()) {
                Long victim = used.ceilingKey((long) (random.nextDouble() * CAPACITY));
                victim = victim == null ? used.firstKey() : victim;
                used.remove(victim);
                blocks.free(victim);
            }
        }
        used.keySet().forEach(blocks::free);
        assertThat(blocks.usedBytes()).isZero();
    }

    private static void assertFree(TreeMap<Long, Long> used, long offset, long size) {
        assertThat(offset).isGreaterThanOrEqualTo(LinkLayout.BLOCKS);
        assertThat(offset + size).isLessThanOrEqualTo(LinkLayout.BLOCKS + CAPACITY);
        assertThat(offset % 256).isZero();
        Map.Entry<Long, Long> below = used.lowerEntry(offset + size);
        if (below != null) {
            assertThat(below.getKey() + below.getValue()).isLessThanOrEqualTo(offset);
        }
    }
}
