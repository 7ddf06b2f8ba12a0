package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ProcessStatusTest {
    private final byte[] buffer = ProcessStatus.buffer();

    @Test
    void tellsWhatAProcessTakesUp() {
        ProcessStatus own = ProcessStatus.of(ProcessHandle.current().pid(), buffer);

        assertThat(own).isNotNull();
        assertThat(own.ownBytes()).isBetween(10L << 20, 8L << 30);
        assertThat(own.threads()).isBetween(5, 500);
    }

    @Test
    void knowsNothingOfAProcessThatIsGone() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        assertThat(gone.waitFor()).isZero();

        assertThat(ProcessStatus.of(gone.pid(), buffer)).isNull();
    }

    @Test
    void leavesLittleOnTheHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long pid = ProcessHandle.current().pid();
        for (int i = 0; i < 100; i++) {
            assertThat(ProcessStatus.of(pid, buffer)).isNotNull();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        long threadSum = 0;
        for (int i = 0; i < 1000; i++) {
            ProcessStatus status = ProcessStatus.of(pid, buffer);
            threadSum += status == null ? 0 : status.threads();
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000_000);
        assertThat(threadSum).isPositive();
    }
}
