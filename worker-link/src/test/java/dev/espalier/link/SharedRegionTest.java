package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What holds for either kind of memory.
@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(30)
final class SharedRegionTest {
    private static final long SIZE = LinkLayout.BLOCKS + (4 << 20);

    @Parameter LinkKind kind;

    private BothEnds ends;

    @BeforeEach
    void link() throws Exception {
        ends = new BothEnds(kind, SIZE);
    }

    @AfterEach
    void unlink() {
        ends.close();
    }

    @Test
    void showsThePeerWhatItsWriterWrites() {
        ends.serverIn.memory().set(JAVA_LONG, 4096, 42);
        ends.workerOut.memory().set(JAVA_LONG, SIZE - 8, 43);

        assertThat(ends.workerIn.memory().get(JAVA_LONG, 4096)).isEqualTo(42);
        assertThat(ends.serverOut.memory().get(JAVA_LONG, SIZE - 8)).isEqualTo(43);
    }

    @Test
    void beginsWithZerosAlsoWhereItIsReserved() throws Exception {
        ends.workerOut.reserve(LinkLayout.BLOCKS + 4096, 1 << 20);
        ends.serverIn.reserve(LinkLayout.BLOCKS, 4 << 20);

        assertThat(ends.serverOut.memory().asSlice(LinkLayout.BLOCKS).mismatch(zeros()))
                .isEqualTo(-1);
        assertThat(ends.workerIn.memory().asSlice(LinkLayout.BLOCKS).mismatch(zeros()))
                .isEqualTo(-1);
    }

    private static MemorySegment zeros() {
        return MemorySegment.ofArray(new byte[4 << 20]);
    }

    @Test
    void knowsWhetherItIsOpen() {
        assertThat(ends.workerOut.isOpen()).isTrue();
        assertThat(ends.server.isOpen()).isTrue();
        assertThat(ends.worker.isOpen()).isTrue();
    }

    /// A worker can come to map a segment only when the server has dropped it again.
    @Test
    void mapsASegmentThatIsGoneAsAnEmptyOneOrAsItWas() throws Exception {
        SharedRegion segment = ends.links.createSegment(1 << 20);
        ends.server.send(new byte[0], List.of(segment.handle()));
        segment.close();
        MappedSegments segments = new MappedSegments(ends.workerIn);

        segments.add(1, ends.worker.receive().handles().getFirst(), 1 << 20);
        if (kind == LinkKind.PORTABLE) {
            assertThatThrownBy(() -> segments.locate(LinkLayout.address(1, 0), 8))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("(its size: 0)");
        }
        segments.drop(1);
    }
}
