package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff();

    @Test
    void doesNotWaitWhileWorkersGetAsFarAsServing() {
        assertThat(backoff.next(true)).isZero();
        assertThat(backoff.next(true)).isZero();
    }

    @Test
    void waitsLongerAfterEachFailureAndForgetsThemAfterASuccess() {
        assertThat(backoff.next(false)).isEqualTo(80);
        assertThat(backoff.next(false)).isEqualTo(320);
        assertThat(backoff.isOutOfPatience()).isFalse();
        assertThat(backoff.next(false)).isEqualTo(1280);
        assertThat(backoff.isOutOfPatience()).isTrue();
        assertThat(backoff.failures()).isEqualTo(3);
        assertThat(backoff.next(true)).isZero();
        assertThat(backoff.isOutOfPatience()).isFalse();
        assertThat(backoff.next(false)).isEqualTo(80);
    }

    @Test
    void neverWaitsLongerThanThirtySeconds() {
        for (int i = 0; i < 5; i++) {
            backoff.next(false);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next(false)).isEqualTo(30_000);
        }
    }
}
