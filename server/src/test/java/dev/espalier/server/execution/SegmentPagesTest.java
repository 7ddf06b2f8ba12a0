package dev.espalier.server.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SegmentPagesTest {
    private static final long KB = 1 << 10;

    private final ByteBudget budget = new ByteBudget("request memory", "wait", 1024 * KB);
    private Links links;

    @BeforeEach
    void open() throws Exception {
        links = LinkKind.PORTABLE.open();
    }

    @AfterEach
    void close() {
        links.close();
    }

    @Test
    void aSegmentThatIsNoWholeChunkLongHasPagesToItsEndAndNoFurther() throws Exception {
        SharedRegion region = links.createSegment(300 * KB);
        SegmentPages pages = new SegmentPages(region, budget, true);

        pages.make(299 * KB, KB);

        assertThat(pages.areThere(256 * KB, 44 * KB)).isTrue();
        assertThat(pages.areThere(255 * KB, 2 * KB)).isFalse();
        assertThat(pages.bytes()).isEqualTo(44 * KB);
        assertThat(budget.used()).isEqualTo(44 * KB);
        region.close();
    }

    @Test
    void pagesThatAreThereCostNothingMore() throws Exception {
        SharedRegion region = links.createSegment(2048 * KB);
        SegmentPages pages = new SegmentPages(region, budget, true);
        pages.make(0, 10);
        pages.make(600 * KB, 10);

        pages.make(0, 1024 * KB);

        assertThat(budget.used()).isEqualTo(1024 * KB);
        region.close();
    }

    @Test
    void keepsNothingOfTheBudgetWhenTheMachineHasNoMemory() throws Exception {
        SharedRegion region = links.createSegment(2048 * KB);
        SegmentPages pages = new SegmentPages(region, budget, true);
        region.close(); // A file that is gone takes no more than a disk that is full.

        assertThatThrownBy(() -> pages.make(0, 1024 * KB)).isInstanceOf(ServingException.class);

        assertThat(budget.used()).isZero();
        assertThat(pages.areThere(0, 1)).isFalse();
    }
}
