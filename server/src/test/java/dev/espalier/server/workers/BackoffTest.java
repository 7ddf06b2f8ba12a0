package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff();

    @Test
    void hardlyWaitsWhileWorkersGetAsFarAsServing() {
        assertThat(backoff.next(true)).isEqualTo(20);
        assertThat(backoff.next(true)).isEqualTo(20);
    }

    @Test
    void waitsLongerAfterEachFailureAndForgetsThemAfterASuccess() {
        assertThat(backoff.next(false)).isEqualTo(80);
        assertThat(backoff.isLastAttempt()).isFalse();
        assertThat(backoff.next(false)).isEqualTo(320);
        assertThat(backoff.isLastAttempt()).isTrue();
        assertThat(backoff.next(true)).isEqualTo(20);
        assertThat(backoff.isLastAttempt()).isFalse();
    }

    @Test
    void neverWaitsLongerThanFiveSeconds() {
        long longest = 0;
        for (int i = 0; i < 100; i++) {
            longest = backoff.next(false);
        }
        assertThat(longest).isEqualTo(5_000);
    }
}
