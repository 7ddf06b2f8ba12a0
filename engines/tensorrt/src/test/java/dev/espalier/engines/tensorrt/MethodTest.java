package dev.espalier.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The places of functions against those counted in the public headers of each release.
@Timeout(10)
class MethodTest {
    private final List<String> releases;
    private final Map<String, List<String>> slots = new HashMap<>();

    MethodTest() throws Exception {
        try (InputStream file = MethodTest.class.getResourceAsStream("slots.txt")) {
            List<String> lines =
                    new String(file.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .toList();
            releases = List.of(lines.getFirst().strip().split(" +"));
            for (String line : lines.subList(1, lines.size())) {
                List<String> words = List.of(line.split(" +"));
                slots.put(words.getFirst(), words.subList(1, words.size()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void standsWhereTheHeadersOfEachReleaseHaveIt(Method method) throws Exception {
        assertThat(releases).hasSizeGreaterThan(14);
        for (int i = 0; i < releases.size(); i++) {
            String[] numbers = releases.get(i).split("\\.");
            Major major = Major.of(Integer.parseInt(numbers[0]) * 10_000);
            assertThat(slots.get(method.name()).get(i))
                    .as("%s in %s", method, releases.get(i))
                    .isEqualTo(Integer.toString(method.slot(major)));
        }
    }

    @Test
    void isOfAVersionWhoseTablesAreKnown() throws Exception {
        assertThat(Major.of(100_600)).isEqualTo(Major.TEN);
        assertThat(Major.of(110_201)).isEqualTo(Major.ELEVEN);
        assertThat(Major.text(110_201)).isEqualTo("11.2.1");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 8_601, 90_300, 120_000, Integer.MAX_VALUE})
    void isOfNoOther(int version) {
        assertThatThrownBy(() -> Major.of(version))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(
                        "(expected: 10.x or 11.x, whose functions this engine knows)");
    }
}
