package dev.espalier.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.scheduling.Placement;
import dev.espalier.tensor.DataType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a call between models has of the client of the request that it is made for, whose time goes on.
@Timeout(20)
final class InheritedWishesTest {
    private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);

    /// A request that has been open for a millisecond at least.
    private static PendingInference open(long timeoutMicros) {
        Placement placement =
                new Placement(
                        1,
                        false,
                        new int[0],
                        new DataType[0],
                        new long[0][],
                        new long[0],
                        new int[0]);
        PendingInference request =
                new PendingInference(
                        new InferenceRequest(
                                "caller", "", "id", List.of(), List.of(), 3, timeoutMicros),
                        new ServedModel("caller", "1", null, null),
                        new RequestValidator.Validated(placement, new int[0], List.of()),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        long opened = System.nanoTime();
        while (System.nanoTime() - opened < 1_000_000) {
            Thread.onSpinWait();
        }
        return request;
    }

    private static InferenceRequest call(PendingInference caller) {
        return caller.inheriting("other", "2", List.of(), List.of());
    }

    @Test
    void areItsIdAndItsPriority() {
        InferenceRequest call = call(open(0));
        assertThat(call.modelName()).isEqualTo("other");
        assertThat(call.modelVersion()).isEqualTo("2");
        assertThat(call.id()).isEqualTo("id");
        assertThat(call.priority()).isEqualTo(3);
    }

    @Test
    void areWhatIsLeftOfItsTimeOut() {
        PendingInference caller = open(MINUTE);
        long first = call(caller).timeoutMicros();
        assertThat(first).isBetween(1L, MINUTE - 1000);
        assertThat(caller.isLate()).isFalse();
    }

    @Test
    void areNoTimeOutWhereThereIsNone() {
        PendingInference caller = open(0);
        assertThat(call(caller).timeoutMicros()).isZero();
        assertThat(caller.isLate()).isFalse();
    }

    /// 0 would be no time-out at all.
    @Test
    void areNeverMoreTimeThanIsLeft() {
        PendingInference caller = open(1);
        assertThat(caller.isLate()).isTrue();
        assertThat(call(caller).timeoutMicros()).isEqualTo(1);
    }
}
