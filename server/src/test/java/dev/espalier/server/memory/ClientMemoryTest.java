package dev.espalier.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ClientMemoryTest {
    private static final long MB = 1 << 20;

    private final ByteBudget heap = new ByteBudget("heap", "send less", 120 * MB);
    private final ByteBudget tensors = new ByteBudget("request memory", "wait", 120 * MB);
    private final ClientMemory memory = new ClientMemory(heap, tensors);

    private ClientMemory.Connection from(String address) {
        return memory.connected(new InetSocketAddress(address, 1));
    }

    /// How many MB connections from one address get that all want as much as they can have.
    private long most(String address, int connections) {
        List<ClientMemory.Connection> open = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            open.add(from(address));
        }
        long got = 0;
        while (true) {
            long before = got;
            for (ClientMemory.Connection connection : open) {
                try {
                    connection.heap().take(MB);
                    got++;
                } catch (ServingException full) {
                    assertThat(full.code()).isEqualTo(ErrorCode.OVERLOADED);
                }
            }
            if (got == before) {
                return got;
            }
        }
    }

    @Test
    void aConnectionHasHalfOfTheHeapAtMost() {
        assertThat(most("10.0.0.1", 1)).isEqualTo(60);
    }

    @Test
    void anAddressHasThreeQuartersHoweverManyConnectionsItHas() {
        assertThat(most("10.0.0.1", 50)).isEqualTo(90);
        assertThat(most("10.0.0.2", 1)).isEqualTo(15);
    }

    @Test
    void addressesOfOneNetworkAreOne() {
        from("2001:db8::1").close();
        from("2001:db8::2:1").close();
        assertThat(memory.addresses()).isEqualTo(1);
        from("2001:db8:0:1::1").close();
        from("10.0.0.1").close();
        memory.connected(null).close();
        assertThat(memory.addresses()).isEqualTo(4);
    }

    @Test
    void tensorsCountForTheConnectionAndForItsAddress() throws Exception {
        ClientMemory.Connection one = from("10.0.0.1");
        ClientMemory.Connection other = from("10.0.0.1");
        // One request that is alone may have all that is left.
        one.tensors().getFirst().take(0, 100 * MB, true);
        tensors.take(100 * MB);
        assertThatThrownBy(() -> one.tensors().getFirst().take(0, MB, true))
                .hasMessageContaining("this connection");
        other.tensors().getFirst().take(0, MB, true);
        one.tensors().getLast().take(0, 100 * MB, true);
        assertThatThrownBy(() -> other.tensors().getLast().take(0, MB, true))
                .hasMessageContaining("this address");
    }

    @Test
    void addressesAreForgottenWhenNothingIsLeftOfThem() throws Exception {
        ClientMemory.Connection open = from("10.1.0.1");
        ClientMemory.Connection owes = from("10.1.0.2");
        owes.heap().take(MB);
        owes.close();
        owes.close();
        for (int i = 0; i < 5000; i++) {
            from("10.0.%d.%d".formatted(i / 250, i % 250)).close();
        }
        assertThat(memory.addresses()).isLessThan(2500);
        owes.heap().give(MB);
        open.close();
        assertThat(heap.used()).isZero();
    }
}
