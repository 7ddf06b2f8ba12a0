package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.ProbeEvent;
import dev.espalier.tensor.OpReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ProbeCacheTest {
    private static final String ENGINE = "onnxruntime-1.29.0";
    private static final ProbeOutcome OUTCOME =
            new ProbeOutcome(
                    List.of(
                            new ProbeEvent.Begun(),
                            new ProbeEvent.Finished(new OpReport.Refused("no licence"))),
                    "exited with 0",
                    Duration.ofSeconds(10),
                    "last words");
    @TempDir Path folder;

    private ProbeCache cache(String machine) {
        return new ProbeCache(folder.resolve("probes"), machine);
    }

    private Path entry() {
        return folder.resolve("probes").resolve(ENGINE).resolve("1f2e");
    }

    @Test
    void remembersAcrossRestarts() {
        cache("here").put(ENGINE, "1f2e", OUTCOME);
        assertThat(cache("here").find(ENGINE, "1f2e")).contains(OUTCOME);
    }

    @Test
    void hasNothingForOtherLibrariesEnginesAndMachines() {
        cache("here").put(ENGINE, "1f2e", OUTCOME);
        assertThat(cache("here").find(ENGINE, "ffff")).isEmpty();
        assertThat(cache("here").find("onnxruntime-1.30.0", "1f2e")).isEmpty();
        assertThat(cache("there").find(ENGINE, "1f2e")).isEmpty();
    }

    @Test
    void ignoresEveryDamagedEntryAndWritesItAnew() throws Exception {
        cache("here").put(ENGINE, "1f2e", OUTCOME);
        byte[] good = Files.readAllBytes(entry());
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(entry(), bad);
            assertThat(cache("here").find(ENGINE, "1f2e")).as("byte %d", at).isEmpty();
        }
        Files.write(entry(), new byte[0]);
        assertThat(cache("here").find(ENGINE, "1f2e")).isEmpty();
        cache("here").put(ENGINE, "1f2e", OUTCOME);
        assertThat(cache("here").find(ENGINE, "1f2e")).contains(OUTCOME);
    }

    @Test
    void doesWithoutAFolderThatCannotBeWritten() throws Exception {
        Files.createFile(folder.resolve("probes"));
        cache("here").put(ENGINE, "1f2e", OUTCOME);
        assertThat(cache("here").find(ENGINE, "1f2e")).isEmpty();
    }
}
