package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.grpc.CallPace.Wait;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class CallPaceTest {
    private static final Duration LIMIT = Duration.ofSeconds(4);

    private final CallPace pace = new CallPace();
    private long count;

    /// After how many seconds of so many bytes each it has had enough; 0 for never.
    private int patience(Wait wait, long bytesASecond) {
        for (int second = 1; second <= 200; second++) {
            count += bytesASecond;
            if (pace.look(wait, count, LIMIT)) {
                return second;
            }
        }
        return 0;
    }

    @Test
    void wantsSixtyFourKilobytesWithinTheLimit() {
        assertThat(patience(Wait.MESSAGE, CallPace.STEP / 4)).isZero();
        assertThat(patience(Wait.MESSAGE, CallPace.STEP / 8)).isPositive();
        assertThat(patience(Wait.ANSWER_TAKEN, 1)).isPositive();
    }

    @Test
    void countsFromTheMomentThatItWaitsForSomethingElse() {
        assertThat(patience(Wait.MESSAGE, 0)).isEqualTo(6);
        assertThat(pace.look(Wait.ANSWER_TAKEN, 0, LIMIT)).isFalse();
        assertThat(pace.look(Wait.ANSWER_TAKEN, 0, LIMIT)).isFalse();
    }

    @Test
    void leavesACallInPeaceThatWaitsForItsModel() {
        assertThat(patience(Wait.SERVER, 0)).isZero();
    }

    @Test
    void hasNoLimitWhereThereIsNone() {
        for (int second = 0; second < 1000; second++) {
            assertThat(pace.look(Wait.MESSAGE, 0, Duration.ZERO)).isFalse();
        }
    }

    @Test
    void knowsWhatHasBeenSentByTheWindow() {
        pace.granted(1000);
        assertThat(pace.sent(65_535, 65_535 + 1000)).isZero();
        assertThat(pace.sent(65_535, 0)).isEqualTo(66_535);
        pace.hadToWait(10);
        pace.hadToWait(5);
        assertThat(pace.credit()).isEqualTo(15);
    }
}
