package dev.espalier.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class MetricTextTest {
    @Test
    void writesThePrometheusTextFormat() {
        String text =
                new MetricText()
                        .metric("n_count", "counter", "How many")
                        .value("n_count", 3, "model", "a\"b\\c\nd", "version", "1")
                        .value("n_count", 4)
                        .value("n_count", 0.5)
                        .toString();
        assertThat(text)
                .isEqualTo(
                        """
                        # HELP n_count How many
                        # TYPE n_count counter
                        n_count{model="a\\"b\\\\c\\nd",version="1"} 3
                        n_count 4
                        n_count 0.500000
                        """);
    }
}
