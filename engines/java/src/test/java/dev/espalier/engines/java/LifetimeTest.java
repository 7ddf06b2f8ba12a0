package dev.espalier.engines.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No access after the end, whoever ends it and whoever looks.
@Timeout(60)
final class LifetimeTest {
    private static final long BYTES = 64;

    private final MemorySegment real = Arena.ofAuto().allocate(BYTES);

    private Lifetime begin() {
        return new Lifetime("it is over");
    }

    @Test
    void endsForItsOwnThread() {
        Lifetime lifetime = begin();
        lifetime.check();
        lifetime.end();

        assertThatThrownBy(lifetime::check)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("it is over");
        lifetime.end();
    }

    @Test
    void endsForMemoryThatWasHandedOut() {
        Lifetime lifetime = begin();
        MemorySegment memory = lifetime.memory(real.address(), BYTES);
        lifetime.share();
        assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isZero();
        lifetime.end();

        assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_LONG, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void endsFromAnotherThread() throws Exception {
        Lifetime lifetime = begin();
        MemorySegment memory = lifetime.memory(real.address(), BYTES);
        Thread.ofPlatform().start(lifetime::end).join();

        assertThatThrownBy(lifetime::check).hasMessage("it is over");
        assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_LONG, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    /// Readers that have been let in are out before the end returns: what the memory is used for after that they never
    /// see.
    @Test
    void noReaderSeesWhatComesAfterTheEnd() throws Exception {
        try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
            for (int round = 0; round < 500; round++) {
                real.set(ValueLayout.JAVA_LONG, 0, 1);
                Lifetime lifetime = begin();
                MemorySegment memory = lifetime.memory(real.address(), BYTES);
                AtomicLong begun = new AtomicLong();
                List<Future<Boolean>> reads = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    reads.add(readers.submit(() -> seesOnly(1, lifetime, memory, begun)));
                }
                while (begun.get() == 0) {
                    Thread.onSpinWait();
                }
                lifetime.end();
                real.set(ValueLayout.JAVA_LONG, 0, 2);
                for (Future<Boolean> read : reads) {
                    assertThat(read.get()).isTrue();
                }
            }
        }
    }

    private static boolean seesOnly(
            long value, Lifetime lifetime, MemorySegment memory, AtomicLong begun) {
        try {
            while (true) {
                lifetime.check();
                if (memory.get(ValueLayout.JAVA_LONG, 0) != value) {
                    return false;
                }
                begun.incrementAndGet();
            }
        } catch (IllegalStateException _) {
            return true;
        }
    }
}
