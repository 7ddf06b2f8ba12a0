package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.HttpLimits;
import dev.espalier.server.http.ClientPace.Verdict;
import dev.espalier.server.http.ClientPace.Wait;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ClientPaceTest {
    private static final int STEP = 64 << 10;

    private final ClientPace pace =
            new ClientPace(
                    new HttpLimits(
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(9),
                            1));

    /// After how many seconds of waiting for the same it has had enough.
    private int patience(Wait wait, int bytesASecond, long left) {
        for (int second = 1; second <= 100; second++) {
            pace.arrived(bytesASecond);
            if (pace.look(wait, left) != Verdict.FINE) {
                return second;
            }
        }
        return 0;
    }

    @Test
    void waitsLongerForARequestThanForTheRestOfOne() {
        assertThat(patience(Wait.REQUEST, 0, 0)).isEqualTo(11);
        assertThat(patience(Wait.NOTHING, 0, 0)).isZero();
        assertThat(patience(Wait.REQUEST, 1, 0)).isEqualTo(4);
    }

    @Test
    void countsAHeaderAnewWithEachRequest() {
        for (int second = 0; second < 50; second++) {
            pace.arrived(100);
            pace.requestBegins();
            assertThat(pace.look(Wait.REQUEST, 0)).isEqualTo(Verdict.FINE);
        }
    }

    @Test
    void wantsABodyToGoOn() {
        assertThat(patience(Wait.BODY, STEP / 3, 0)).isZero();
        assertThat(patience(Wait.BODY, STEP / 8, 0)).isPositive();
    }

    @Test
    void wantsAnAnswerToBeTaken() {
        assertThat(patience(Wait.ANSWER_TAKEN, 0, 1000)).isPositive();
        assertThat(pace.look(Wait.NOTHING, 0)).isEqualTo(Verdict.FINE);
        long left = 100L * STEP;
        for (int second = 0; second < 50; second++) {
            assertThat(pace.look(Wait.ANSWER_TAKEN, left)).isEqualTo(Verdict.FINE);
            left -= STEP / 2;
        }
    }

    @Test
    void leavesAClientInPeaceWhoseModelTakesLong() {
        assertThat(patience(Wait.NOTHING, 0, 0)).isZero();
    }
}
