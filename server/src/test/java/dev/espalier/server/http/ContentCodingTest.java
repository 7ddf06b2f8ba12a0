package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
final class ContentCodingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip|GZIP",
                "deflate|DEFLATE",
                "identity|IDENTITY",
                "br|IDENTITY",
                "gzip, deflate|GZIP",
                "deflate,gzip|DEFLATE",
                "gzip;q=0.5, deflate;q=0.8|DEFLATE",
                "gzip;q=0.5,deflate;q=0.5|GZIP",
                "gzip;q=0,deflate;q=0.001|DEFLATE",
                "gzip;q=0|IDENTITY",
                "identity;q=1,gzip;q=0.9|IDENTITY",
                "GZIP|IDENTITY",
                "gzip; q=0.5|GZIP",
                "gzip;q=1e999|IDENTITY",
                "gzip;q=2|IDENTITY",
                "gzip;q=|IDENTITY",
                "gzip;q=.|IDENTITY",
                "gzip;q=0.1.2|IDENTITY",
                "gzip;q=-1|IDENTITY",
                ",,gzip,|GZIP",
                "*|IDENTITY",
            })
    void takesTheCodingWithTheHighestWeight(String header, ContentCoding coding) {
        assertThat(ContentCoding.accepted(header)).isEqualTo(coding);
    }

    @Test
    void ignoresHeadersThatNobodySends() {
        assertThat(ContentCoding.accepted("gzip," + ",".repeat(5000)))
                .isEqualTo(ContentCoding.IDENTITY);
    }
}
