package dev.espalier.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ReshapingTest {
    @Test
    void keepsShapesThatAreTheSameOnBothSides() {
        long[] shape = {2, 3};
        assertThat(Reshaping.apply(shape, 1, new long[] {3}, new long[] {3})).isSameAs(shape);
    }

    @Test
    void dropsAndAddsDimensionsOfOne() {
        assertThat(Reshaping.apply(new long[] {5, 1}, 1, new long[] {1}, new long[] {}))
                .containsExactly(5);
        assertThat(Reshaping.apply(new long[] {5}, 1, new long[] {}, new long[] {1}))
                .containsExactly(5, 1);
    }

    @Test
    void takesVaryingDimensionsInTheirOrder() {
        assertThat(
                        Reshaping.apply(
                                new long[] {7, 2, 9},
                                0,
                                new long[] {-1, 2, -1},
                                new long[] {2, -1, -1}))
                .containsExactly(2, 7, 9);
    }
}
