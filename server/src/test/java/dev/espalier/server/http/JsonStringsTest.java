package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Strings of JSON, read and written.
@Timeout(20)
final class JsonStringsTest {
    private static String decoded(String escaped) throws ServingException {
        byte[] text = escaped.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(text.length);
        JsonStrings.decode(text, 0, text.length, out);
        return new String(out.array(), 0, out.position(), StandardCharsets.UTF_8);
    }

    @Test
    void resolvesEveryEscape() throws Exception {
        assertThat(decoded("a\\\"\\\\\\/\\b\\f\\n\\r\\tz")).isEqualTo("a\"\\/\b\f\n\r\tz");
        assertThat(decoded("\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\\u0000")).isEqualTo("Aé€😀\0");
        assertThat(decoded("é€😀")).isEqualTo("é€😀");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a\\x|Invalid escape character in string. at 1",
                "a\\|Invalid escape character in string. at 1",
                "\\u12|Incorrect hex digit after \\u escape in string. at 0",
                "\\u12g4|Incorrect hex digit after \\u escape in string. at 0",
                "ab\\uD83D|The surrogate pair in string is invalid. at 2",
                "\\uD83Dx12345|The surrogate pair in string is invalid. at 0",
                "\\uD83D\\u0041|The surrogate pair in string is invalid. at 0",
                "\\uDE00\\uD83D|The surrogate pair in string is invalid. at 0",
            })
    void refusesEscapesThatAreNone(String text, String failure) {
        assertThatThrownBy(() -> decoded(text))
                .isInstanceOf(ServingException.class)
                .hasMessage("failed to parse the request JSON buffer: " + failure);
    }

    @Test
    void refusesBareControlCharacters() {
        assertThatThrownBy(() -> decoded("a\nb"))
                .hasMessageEndingWith("Invalid encoding in string. at 1");
    }

    @Test
    void readsBackWhatItWrites() throws Exception {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x300; c++) {
            all.append(c);
        }
        all.append("€😀");
        JsonBuffer json = new JsonBuffer();
        json.string(all.toString());
        String written = new String(json.bytes(), StandardCharsets.UTF_8);

        assertThat(written).startsWith("\"\\u0000\\u0001").endsWith("€😀\"");
        assertThat(decoded(written.substring(1, written.length() - 1))).isEqualTo(all.toString());
    }
}
