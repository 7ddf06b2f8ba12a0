package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MappedSegmentsTest {
    private static final long SIZE = 1 << 20;

    private SharedRegion first;
    private SharedRegion second;
    private MappedSegments segments;

    @BeforeEach
    void make() throws LinkException {
        first = SealedRegion.createWritable("first", SIZE);
        second = SealedRegion.createWritable("second", SIZE);
        segments = new MappedSegments(first);
    }

    /// The descriptor of `second` belongs to the segments once it is added.
    @AfterEach
    void close() {
        first.close();
    }

    @Test
    void findsBytesOfEachSegment() throws Exception {
        segments.add(5, second.handle(), SIZE);
        first.memory().set(JAVA_LONG, 64, 11);
        second.memory().set(JAVA_LONG, 64, 22);

        assertThat(number(LinkLayout.address(0, 64))).isEqualTo(11);
        assertThat(number(LinkLayout.address(5, 64))).isEqualTo(22);
        segments.drop(5);
    }

    private long number(long address) throws LinkException {
        return MemorySegment.ofAddress(segments.locate(address, 8))
                .reinterpret(8)
                .get(JAVA_LONG, 0);
    }

    @Test
    void waitsForASegmentThatIsOnItsWay() throws Exception {
        FutureTask<Long> located =
                new FutureTask<>(() -> segments.locate(LinkLayout.address(1, 0), SIZE));
        Thread reader = Thread.ofPlatform().start(located);
        while (reader.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        segments.add(1, second.handle(), SIZE);

        assertThat(located.get()).isNotZero();
        segments.drop(1);
    }

    @Test
    void refusesBytesOutsideOfASegment() {
        assertThatThrownBy(() -> segments.locate(LinkLayout.address(0, SIZE - 7), 8))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("lies outside of it (its size: 1048576)");
        assertThatThrownBy(() -> segments.locate(0, -1)).isInstanceOf(LinkException.class);
        assertThatThrownBy(() -> segments.locate(-1, 1)).isInstanceOf(LinkException.class);
    }

    @Test
    void refusesSegmentsThatComeTwiceOrGoTwice() throws Exception {
        segments.add(1, second.handle(), SIZE);
        assertThatThrownBy(() -> segments.add(1, second.handle(), SIZE))
                .hasMessageContaining("segment 1 of IN is added");
        assertThatThrownBy(() -> segments.add(0, second.handle(), SIZE))
                .isInstanceOf(LinkException.class);

        segments.drop(1);

        assertThatThrownBy(() -> segments.drop(1))
                .hasMessageContaining("segment 1 of IN is dropped");
        assertThatThrownBy(() -> segments.drop(0)).isInstanceOf(LinkException.class);
    }
}
