package dev.espalier.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class PrintableOutputTest {
    @ParameterizedTest
    @CsvSource({
        "a\u001b[2J\u0007b, a?[2J?b",
        "a\u007fb, a?b",
        "a\u009b31mb, a?31mb",
        "'tab\tand ö, £ and \u65e5\u672c', 'tab\tand ö, £ and \u65e5\u672c'"
    })
    void keepsTextAndNothingElse(String text, String printed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(new PrintableOutput(bytes), true, UTF_8);
        out.print(text);
        out.flush();
        assertThat(bytes.toString(UTF_8)).isEqualTo(printed);
    }
}
