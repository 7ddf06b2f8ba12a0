package dev.espalier.server.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.metrics.MetricText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where there is a GPU its numbers are looked at by `tests/gpu`.
@Timeout(30)
class GpuUseTest {
    @Test
    void tellsOfEachGpuThatThereIsAndOfNoOther() {
        MetricText text = new MetricText();
        new GpuUse().write(text);

        Nvml driver = Nvml.open();
        if (driver == null) {
            assertThat(text.toString()).isEmpty();
        } else {
            assertThat(driver.gpus())
                    .allSatisfy(gpu ->
                            assertThat(text.toString())
                                    .contains(
                                            "nv_gpu_utilization{gpu_uuid=\""
                                                    + gpu.uuid()
                                                    + "\"} "));
            assertThat(
                            text.toString()
                                    .lines()
                                    .filter(line -> line.startsWith("nv_gpu_utilization")))
                    .hasSameSizeAs(driver.gpus());
        }
    }
}
