package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class JsonRealsTest {
    private static String printed(double value) {
        JsonBuffer json = new JsonBuffer();
        JsonReals.print(value, json);
        return new String(json.bytes(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "-17, -17.0",
        "0.1, 0.1",
        "-12.75, -12.75",
        "1e15, 1000000000000000.0",
        "1e20, 100000000000000000000.0",
        "123456789012345680000, 123456789012345680000.0",
        "1e21, 1e21",
        "1.5e300, 1.5e300",
        "0.00001, 0.00001",
        "0.000001, 0.000001",
        "1.25e-7, 1.25e-7",
        "1e-7, 1e-7",
        "NaN, NaN",
        "Infinity, Infinity",
        "-Infinity, -Infinity",
    })
    void printsWhatClientsAreUsedTo(double value, String text) {
        assertThat(printed(value)).isEqualTo(text);
    }

    @Test
    void printsEveryValueSoThatItReadsBackTheSame() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            double value =
                    i % 2 == 0
                            ? Double.longBitsToDouble(random.nextLong())
                            : (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(40) - 20);
            if (Double.isFinite(value)) {
                assertThat(Double.parseDouble(printed(value))).isEqualTo(value);
            }
        }
    }
}
