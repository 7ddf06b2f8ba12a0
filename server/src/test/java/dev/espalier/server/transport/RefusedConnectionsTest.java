package dev.espalier.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.LogLines;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class RefusedConnectionsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
    private final RefusedConnections refused = new RefusedConnections(now::get);

    @Test
    void tellsEachKindOnceAMinute() {
        try (LogLines log = LogLines.of(RefusedConnections.class)) {
            for (int i = 0; i < 1000; i++) {
                refused.waiting(new InetSocketAddress(8000), new IOException("no descriptor"));
                refused.closed(new IOException("no space"));
            }
            now.addAndGet(TimeUnit.MINUTES.toNanos(1));
            refused.closed(new IOException("no space"));
            assertThat(log.lines())
                    .hasSize(3)
                    .anyMatch(line -> line.contains(":8000 wait: no descriptor"))
                    .anyMatch(line -> line.contains("no space") && line.contains("; 1 times"))
                    .anyMatch(line -> line.contains("no space") && line.contains("; 1,001 times"));
        }
        assertThat(refused.waited()).isEqualTo(1000);
        assertThat(refused.closed()).isEqualTo(1001);
    }
}
