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
        assertThat(Highest.of(new double[] {1, 3, 3, 2, 3}, 4)).containsExactly(1, 2, 4, 3);
    }

    @Test
    void agreesWithAStableSort() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            double[] values = random.doubles(random.nextInt(50), 0, 5).map(Math::rint).toArray();
            int wanted = random.nextInt(60);
            int[] expected =
                    IntStream.range(0, values.length)
                            .boxed()
                            .sorted(
                                    Comparator.comparingDouble((Integer place) -> values[place])
                                            .reversed()
                                            .thenComparing(Comparator.naturalOrder()))
                            .limit(wanted)
                            .mapToInt(Integer::intValue)
                            .toArray();
            assertThat(Highest.of(values, wanted)).isEqualTo(expected);
        }
    }
}
