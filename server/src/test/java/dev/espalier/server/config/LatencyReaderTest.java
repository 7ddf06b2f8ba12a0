package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class LatencyReaderTest {
    @Test
    void tellsCountersByDefault() throws Exception {
        assertThat(LatencyReader.read(List.of())).isEqualTo(LatencyOptions.DEFAULT);
    }

    @Test
    void readsTritonsForm() throws Exception {
        assertThat(
                        LatencyReader.read(
                                List.of(
                                        "counter_latencies=false",
                                        "histogram_latencies=true",
                                        "summary_latencies=true",
                                        "summary_quantiles=0.5:0.05,0.99:0.001")))
                .isEqualTo(new LatencyOptions(false, true, true, List.of(0.5, 0.99)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "summary_latency=true | did you mean summary_latencies?",
                "summary_latencies=maybe | true or false",
                "summary_latencies | true or false",
                "summary_quantiles=0.5 | summary_quantiles=<quantile>:<error>",
                "summary_quantiles=50:0.1 | both in 0..1",
                "summary_quantiles=0.5:x | both in 0..1",
                "summary_quantiles= | both in 0..1"
            })
    void refusesWhatCannotBe(String value, String expected) {
        assertThatThrownBy(() -> LatencyReader.read(List.of(value)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--metrics-config: '" + value + "' (expected: ")
                .hasMessageContaining(expected);
    }
}
