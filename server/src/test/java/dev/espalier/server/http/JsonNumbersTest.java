package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers out of JSON text, held against the JDK's own readers.
@Timeout(30)
final class JsonNumbersTest {
    private static JsonNumbers numbers(String text) {
        // What follows the number must not be read.
        byte[] bytes = (text + "12e3").getBytes(StandardCharsets.US_ASCII);
        return new JsonNumbers(bytes, text.length());
    }

    private static double real(String text) {
        JsonNumbers numbers = numbers(text);
        double value = numbers.real(0);
        assertThat(numbers.next()).as(text).isEqualTo(text.length());
        return value;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1",
                "-1.5",
                "0.1",
                "123456789012345",
                "1234567890123456",
                "1e22",
                "1e23",
                "1E+5",
                "1e-5",
                "2.2250738585072011e-308",
                "4.9e-324",
                "1e-400",
                "1.7976931348623157e308",
                "0.000000000000000000000000000001",
                "100000000000000000000000000000000",
                "9007199254740993",
                "0.30000000000000004",
                "5e-1",
                "123e-22",
                "0.1234567890123456789012345678901234567890"
            })
    void readsRealsLikeTheJdk(String text) {
        assertThat(real(text)).isEqualTo(Double.parseDouble(text));
    }

    @Test
    void readsAnyRealLikeTheJdk() {
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            double value =
                    i % 2 == 0
                            ? Double.longBitsToDouble(random.nextLong())
                            : random.nextInt(1_000_000) / 1000.0;
            if (Double.isFinite(value)) {
                assertThat(real(Double.toString(value))).isEqualTo(value);
            }
        }
    }

    @Test
    void readsWhatJsonLacks() {
        assertThat(real("NaN")).isNaN();
        assertThat(real("Infinity")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(real("-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(real("Inf")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(real("-Inf")).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                ".5",
                "5.",
                "01",
                "-01",
                "1e",
                "1e+",
                "1e-",
                "x",
                "-x",
                "Na",
                "In",
                "+1",
                "1e400",
                "-1e99999999999999"
            })
    void seesWhereNoRealIs(String text) {
        JsonNumbers numbers = numbers(text);
        numbers.real(0);
        assertThat(numbers.next()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1234567890123L})
    void readsIntegersToTheirLimits(long value) {
        String text = Long.toString(value);
        JsonNumbers signed = numbers(text);
        assertThat(signed.signed(0)).isEqualTo(value);
        assertThat(signed.next()).isEqualTo(text.length());
        String unsigned = Long.toUnsignedString(value);
        JsonNumbers numbers = numbers(unsigned);
        assertThat(numbers.unsigned(0)).isEqualTo(value);
        assertThat(numbers.next()).isEqualTo(unsigned.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "00",
                "1.0",
                "1e0",
                "9223372036854775808",
                "-9223372036854775809",
                "18446744073709551616",
                "99999999999999999999999"
            })
    void seesWhereNoSignedIntegerIs(String text) {
        JsonNumbers numbers = numbers(text);
        numbers.signed(0);
        assertThat(numbers.next()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "00", "1.", "18446744073709551616", "18446744073709551620"})
    void seesWhereNoUnsignedIntegerIs(String text) {
        JsonNumbers numbers = numbers(text);
        numbers.unsigned(0);
        assertThat(numbers.next()).isEqualTo(-1);
    }
}
