package dev.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeapReleaseTest {
    private static final int MEGABYTE = 1 << 20;

    private final Runtime runtime = Runtime.getRuntime();

    @Test
    void givesBackWhatABurstLeftBehindOnceItIsQuiet() {
        runtime.gc();
        HeapRelease release = new HeapRelease();
        long burst = grow();

        release.run();
        release.run();

        assertThat(runtime.totalMemory()).isLessThan(burst - 50 * MEGABYTE);
    }

    @Test
    void givesBackLaterWhatWasStillInUse() {
        runtime.gc();
        HeapRelease release = new HeapRelease();
        // Much more than the tests before have left: the collector keeps a part of that free.
        byte[][] waiting = new byte[600][];
        Arrays.setAll(waiting, _ -> new byte[MEGABYTE]);
        release.run();
        release.run();
        long held = runtime.totalMemory();

        Arrays.fill(waiting, new byte[0]);
        for (int looks = 0; looks < 10; looks++) {
            release.run();
        }

        assertThat(runtime.totalMemory()).isLessThan(held - 50 * MEGABYTE);
    }

    @Test
    void leavesTheHeapAloneWhileRequestsAllocate() {
        runtime.gc();
        HeapRelease release = new HeapRelease();
        long burst = grow();

        release.run();

        assertThat(runtime.totalMemory()).isEqualTo(burst);
    }

    /// Fills more than the heap has, lets go of it, and answers how large the heap is then.
    private long grow() {
        long before = runtime.totalMemory();
        long kept = 0;
        for (byte[][] burst = new byte[(int) (before / MEGABYTE) + 100][]; kept < burst.length; ) {
            burst[(int) kept++] = new byte[MEGABYTE];
        }
        return runtime.totalMemory();
    }
}
