package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NearestTest {
    @Test
    void countsInsertedRemovedAndChangedLetters() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("abc", "")).isEqualTo(3);
        assertThat(Nearest.distance("same", "same")).isZero();
    }

    @Test
    void prefersTheFirstInTheAlphabetAmongEquallyNear() {
        assertThat(new Nearest(List.of("http-porz", "http-pora")).to("http-port"))
                .isEqualTo("http-pora");
        assertThat(new Nearest(List.of("http-pora", "http-porz")).to("http-port"))
                .isEqualTo("http-pora");
    }

    @Test
    void findsNothingFarAway() {
        assertThat(new Nearest(List.of("model-repository")).to("id")).isEmpty();
    }
}
