package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class LatencyReaderTest {
    private final List<String> notices = new ArrayList<>();

    private LatencyOptions read(String... values) throws UsageException {
        return LatencyReader.read(List.of(values), true, notices);
    }

    @Test
    void tellsCountersByDefault() throws Exception {
        assertThat(read()).isEqualTo(LatencyOptions.DEFAULT);
    }

    @Test
    void readsTritonsForm() throws Exception {
        assertThat(
                        read(
                                "counter_latencies=false",
                                "histogram_latencies=true",
                                "summary_latencies=true",
                                "summary_quantiles=0.5:0.05,0.99:0.001"))
                .isEqualTo(new LatencyOptions(false, true, true, List.of(0.5, 0.99)));
        assertThat(notices).isEmpty();
    }

    @Test
    void tellsOfWhatHasNoEffect() throws Exception {
        read("summary_quantiles=0.5:0.05");
        assertThat(notices)
                .containsExactly(
                        "--metrics-config: summary_quantiles has no effect without summary_latencies=true");
        notices.clear();

        LatencyReader.read(List.of("summary_latencies=true"), false, notices);
        LatencyReader.read(List.of(), false, notices);

        assertThat(notices)
                .containsExactly("--metrics-config has no effect with --allow-metrics=false");
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
                "summary_quantiles=0.5:0.1,0.50:0.2 | quantiles ascending",
                "summary_quantiles=0.9:0.1,0.5:0.1 | quantiles ascending",
                "summary_quantiles= | both in 0..1"
            })
    void refusesWhatCannotBe(String value, String expected) {
        assertThatThrownBy(() -> read(value))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--metrics-config: '" + value + "' (expected: ")
                .hasMessageContaining(expected);
    }
}
