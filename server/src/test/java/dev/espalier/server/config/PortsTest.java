package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class PortsTest {
    private final Ports ports = new Ports();

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "0.0.0.0, 127.0.0.1",
        "127.0.0.1, 0.0.0.0",
        "127.0.0.1, ::",
        "::, 127.0.0.1"
    })
    void refusesOnePortForTwoServices(String first, String second) throws Exception {
        ports.take(true, "http", first, 9000);

        assertThatThrownBy(() -> ports.take(true, "grpc", second, 9000))
                .hasMessage(
                        "--grpc-port: 9000 is also --http-port"
                                + " (expected: a port of its own for each)");
    }

    @Test
    void allowsOnePortOnTwoAddresses() throws Exception {
        ports.take(true, "http", "127.0.0.1", 9000);

        assertThatCode(() -> ports.take(true, "grpc", "127.0.0.2", 9000))
                .doesNotThrowAnyException();
    }

    @Test
    void allowsAnyFreePortTwice() throws Exception {
        ports.take(true, "http", "0.0.0.0", 0);

        assertThatCode(() -> ports.take(true, "grpc", "0.0.0.0", 0)).doesNotThrowAnyException();
    }

    @Test
    void leavesOutServicesThatAreOff() throws Exception {
        ports.take(false, "http", "0.0.0.0", 9000);

        assertThatCode(() -> ports.take(true, "grpc", "0.0.0.0", 9000)).doesNotThrowAnyException();
    }
}
