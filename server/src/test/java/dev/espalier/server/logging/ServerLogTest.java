package dev.espalier.server.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.config.LoggingOptions.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServerLogTest {
    @TempDir private Path folder;

    private LoggingOptions options(int verbose, boolean info, boolean warning, boolean error) {
        return new LoggingOptions(
                verbose, info, warning, error, Format.DEFAULT, folder.resolve("log").toString());
    }

    private List<String> messages() throws IOException {
        return Files.readAllLines(folder.resolve("log")).stream()
                .map(line -> line.replaceFirst("^\\w\\d{4} \\S+ \\d+ ", ""))
                .toList();
    }

    private static void logAll() {
        System.Logger logger = System.getLogger("dev.espalier.Test");
        logger.log(System.Logger.Level.DEBUG, "detail");
        logger.log(System.Logger.Level.INFO, "info");
        logger.log(System.Logger.Level.WARNING, "warning");
        logger.log(System.Logger.Level.ERROR, "error");
        Logger.getLogger("io.netty.Channel").log(Level.FINE, "netty detail");
        Logger.getLogger("io.netty.Channel").log(Level.WARNING, "netty warning");
    }

    @Test
    void collectsWhatEverybodyLogs() throws Exception {
        try (var _ = ServerLog.start(options(0, true, true, true))) {
            logAll();
        }

        assertThat(messages())
                .containsExactly(
                        "Test] info", "Test] warning", "Test] error", "Channel] netty warning");
    }

    @Test
    void tellsDetailWhereAsked() throws Exception {
        try (var _ = ServerLog.start(options(1, true, false, false))) {
            logAll();
        }

        assertThat(messages()).containsExactly("Test] detail", "Test] info");
    }

    @Test
    void tellsTheLibrariesDetailAtTheThirdStep() throws Exception {
        try (var _ = ServerLog.start(options(3, true, false, false))) {
            logAll();
        }

        assertThat(messages()).contains("Channel] netty detail");
    }

    @Test
    void changesWhileItRuns() throws Exception {
        try (ServerLog log = ServerLog.start(options(0, true, true, true))) {
            log.change(_ -> options(0, false, false, true));
            logAll();
        }

        assertThat(messages()).containsExactly("Test] error");
    }

    @Test
    void namesAFileThatCannotBeWritten() {
        LoggingOptions options =
                new LoggingOptions(0, true, true, true, Format.DEFAULT, folder.toString());

        assertThatThrownBy(() -> ServerLog.start(options))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("--log-file: '" + folder + "' cannot be written: ");
    }
}
