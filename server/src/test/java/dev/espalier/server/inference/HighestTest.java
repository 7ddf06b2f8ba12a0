package dev.espalier.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class HighestTest {
    @Test
    void listsEqualValuesByTheirPlaces() {
        assertThat(Highest.of(new long[] {1, 3, 3, 2, 3}, 4)).containsExactly(1, 2, 4, 3);
    }

    @Test
    void tellsNumbersApartThatAreOneDouble() {
        assertThat(
                        Highest.of(
                                new long[] {
                                    1L << 53, (1L << 53) + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE
                                },
                                4))
                .containsExactly(3, 2, 1, 0);
    }

    @Test
    void agreesWithAStableSort() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            long[] values = random.longs(random.nextInt(50), 0, 5).toArray();
            int wanted = random.nextInt(60);
            int[] expected =
                    IntStream.range(0, values.length)
                            .boxed()
                            .sorted(
                                    Comparator.comparingLong((Integer place) -> values[place])
                                            .reversed()
                                            .thenComparing(Comparator.naturalOrder()))
                            .limit(wanted)
                            .mapToInt(Integer::intValue)
                            .toArray();
            assertThat(Highest.of(values, wanted)).isEqualTo(expected);
        }
    }
}
