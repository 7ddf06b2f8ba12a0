package dev.espalier.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ModelStatisticsTest {
    @Test
    void countsExecutionsThatFailAndNoInferencesForThem() {
        ModelStatistics statistics = new ModelStatistics();
        statistics.executedInVain(2);
        statistics.failed(FailureReason.BACKEND, 2, 10);

        StatisticsSnapshot snapshot = statistics.snapshot("m", "1");
        assertThat(snapshot.executionCount()).isEqualTo(1);
        assertThat(snapshot.inferenceCount()).isZero();
        assertThat(snapshot.lastInferenceMillis()).isPositive();
        assertThat(snapshot.batches().getFirst().batchSize()).isEqualTo(2);
        assertThat(snapshot.batches().getFirst().computeInput().count()).isEqualTo(1);
    }
}
