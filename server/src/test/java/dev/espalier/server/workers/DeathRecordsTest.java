package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DeathRecordsTest {
    @TempDir Path folder;

    private static Death death(int pid) {
        return new Death(
                Instant.ofEpochSecond(1_700_000_000L + pid),
                "engine [ops]",
                pid,
                new DeathCause.Signalled(11));
    }

    @Test
    void keepsHowAWorkerDiedAndWhatItSaid() throws Exception {
        Path report = Files.writeString(folder.resolve("hs_err.log"), "#  SIGSEGV (0xb)");
        String file =
                new DeathRecords(folder.resolve("deaths"))
                        .keep(death(7), List.of("grafted"), List.of("last words"), report);
        assertThat(Path.of(file))
                .content()
                .contains("worker engine [ops] (pid 7) was ended by SIGSEGV")
                .contains("models: grafted", "  last words", "#  SIGSEGV (0xb)");
    }

    @Test
    void keepsTheNewestHundred() throws Exception {
        DeathRecords records = new DeathRecords(folder);
        for (int pid = 1; pid <= 103; pid++) {
            records.keep(death(pid), List.of(), List.of(), folder.resolve("none"));
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .hasSize(100)
                    .noneMatch(name -> name.endsWith("-3.txt"))
                    .anyMatch(name -> name.endsWith("-103.txt"));
        }
    }

    @Test
    void goesWithoutARecordWhereNoneCanBeWritten() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(
                        new DeathRecords(file)
                                .keep(death(1), List.of(), List.of(), folder.resolve("none")))
                .isEmpty();
    }

    @Test
    void keepsRecordsForItsOwnerOnly() throws Exception {
        Path deaths = Files.createDirectory(folder.resolve("deaths"));
        Files.setPosixFilePermissions(deaths, PosixFilePermissions.fromString("rwxr-xr-x"));
        String file =
                new DeathRecords(deaths).keep(death(7), List.of(), List.of(), folder.resolve("no"));
        assertThat(rights(deaths)).isEqualTo("rwx------");
        assertThat(rights(Path.of(file))).isEqualTo("rw-------");
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void copiesNothingThatAWorkerHasLinkedThere() throws Exception {
        Path secret = Files.writeString(folder.resolve("token"), "secret");
        Path link = Files.createSymbolicLink(folder.resolve("hs_err.log"), secret);
        String file =
                new DeathRecords(folder.resolve("deaths"))
                        .keep(death(7), List.of(), List.of(), link);
        assertThat(Path.of(file)).content().doesNotContain("secret");
    }
}
