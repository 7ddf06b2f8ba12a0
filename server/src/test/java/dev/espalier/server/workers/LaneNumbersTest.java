package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LaneNumbersTest {
    private final LaneNumbers lanes = new LaneNumbers();

    @Test
    void givesNeighboursAndTakesThemBack() {
        assertThat(lanes.take(2)).isZero();
        assertThat(lanes.take(3)).isEqualTo(2);
        assertThat(lanes.take(1)).isEqualTo(5);
        lanes.free(2, 3);

        assertThat(lanes.take(4)).isEqualTo(6);
        assertThat(lanes.take(2)).isEqualTo(2);
        assertThat(lanes.take(1)).isEqualTo(4);
        assertThat(lanes.count()).isEqualTo(10);
    }

    @Test
    void hasAnEnd() {
        assertThat(lanes.take(LinkLayout.MAX_LANES - 1)).isZero();
        assertThat(lanes.take(2)).isEqualTo(-1);
        assertThat(lanes.take(1)).isEqualTo(LinkLayout.MAX_LANES - 1);
        assertThat(lanes.take(1)).isEqualTo(-1);
    }
}
