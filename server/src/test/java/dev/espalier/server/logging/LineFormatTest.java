package dev.espalier.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.LoggingOptions.Format;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class LineFormatTest {
    private static LogRecord record(Level level, String message) {
        LogRecord record = new LogRecord(level, message);
        record.setLoggerName("dev.espalier.server.Main");
        record.setInstant(Instant.parse("2026-01-02T03:04:05.006007Z"));
        return record;
    }

    @Test
    void beginsAsTritonsLines() {
        assertThat(new LineFormat(Format.DEFAULT, 4711).line(record(Level.INFO, "up")))
                .matches("I010[123] \\d\\d:\\d\\d:05\\.006007 4711 Main\\] up\n");
    }

    @Test
    void tellsUniversalTimeInTheOtherFormat() {
        assertThat(new LineFormat(Format.ISO8601, 4711).line(record(Level.WARNING, "up")))
                .isEqualTo("2026-01-02T03:04:05Z W 4711 Main] up\n");
    }

    @ParameterizedTest
    @CsvSource({"SEVERE,E", "WARNING,W", "INFO,I", "FINE,I"})
    void namesTheLevelByALetter(String level, String letter) {
        assertThat(new LineFormat(Format.DEFAULT, 1).line(record(Level.parse(level), "x")))
                .startsWith(letter);
    }

    @Test
    void letsNoMessageForgeALine() {
        assertThat(
                        new LineFormat(Format.ISO8601, 1)
                                .line(record(Level.INFO, "a\nb\rc\u0007d\tö\u202e")))
                .endsWith("] a\\nb\\rc\\u0007d\tö\\u202e\n");
    }

    @Test
    void fillsInParameters() {
        LogRecord record = record(Level.INFO, "{0} of {1}");
        record.setParameters(new Object[] {"a", "b"});

        assertThat(new LineFormat(Format.ISO8601, 1).line(record)).endsWith("] a of b\n");
    }

    @Test
    void keepsAMessageWhoseBracesAreBroken() {
        LogRecord record = record(Level.INFO, "{0} of {x");
        record.setParameters(new Object[] {"a"});

        assertThat(new LineFormat(Format.ISO8601, 1).line(record)).endsWith("] {0} of {x\n");
    }

    @Test
    void showsWhereAnExceptionCameFrom() {
        LogRecord record = record(Level.SEVERE, "failed");
        record.setThrown(new IllegalStateException("why\u001b[2J"));

        assertThat(new LineFormat(Format.ISO8601, 1).line(record))
                .contains("] failed\njava.lang.IllegalStateException: why\\u001b[2J\n\tat ");
    }
}
