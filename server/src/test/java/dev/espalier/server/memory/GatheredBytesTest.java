package dev.espalier.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class GatheredBytesTest {
    private static final int MB = 1 << 20;

    private final ByteBudget heap = new ByteBudget("the heap", "send less", 4 * MB);

    @Test
    void keepsBytesInOrder() throws Exception {
        byte[] sent = new byte[300_000];
        new Random(1).nextBytes(sent);
        try (GatheredBytes bytes = new GatheredBytes(new BudgetShare(heap))) {
            bytes.add(sent[0]);
            for (int at = 1; at < sent.length; at += 777) {
                int count = Math.min(777, sent.length - at);
                bytes.add(ByteBuffer.wrap(sent, at, count));
            }

            assertThat(Arrays.copyOf(bytes.array(), bytes.length())).isEqualTo(sent);
            bytes.truncate(10);
            assertThat(bytes.length()).isEqualTo(10);
        }
    }

    @Test
    void countsManyBytesUntilItIsClosed() throws Exception {
        GatheredBytes bytes = new GatheredBytes(new BudgetShare(heap));
        bytes.add(ByteBuffer.allocate(1000));
        assertThat(heap.used()).isZero();
        bytes.add(ByteBuffer.allocate(MB));
        assertThat(heap.used()).isBetween((long) MB, 2L * MB);

        bytes.close();
        bytes.close();

        assertThat(heap.used()).isZero();
    }

    @Test
    void refusesWhatOthersLeaveNoRoomFor() throws Exception {
        heap.count(3 * MB);
        try (GatheredBytes bytes = new GatheredBytes(new BudgetShare(heap))) {
            bytes.add(ByteBuffer.wrap(new byte[] {1, 2, 3}));

            assertThatThrownBy(() -> bytes.add(ByteBuffer.allocate(MB + MB / 2)))
                    .isInstanceOfSatisfying(
                            ServingException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED));
        }
        assertThat(heap.used()).isEqualTo(3 * MB);
    }

    @Test
    void saysThatWaitingDoesNotHelpARequestThatNeverFits() {
        try (GatheredBytes bytes = new GatheredBytes(new BudgetShare(heap))) {
            assertThatThrownBy(() -> bytes.add(ByteBuffer.allocate(5 * MB)))
                    .isInstanceOfSatisfying(
                            ServingException.class,
                            refusal ->
                                    assertThat(refusal.code())
                                            .isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageContaining("more than 2097152 bytes");
        }
    }
}
