package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(20)
final class StartAttemptTest {
    /// A starter that somebody stopped before it has begun anything says nothing, and hears no end.
    @Test
    void oneWhoseStarterIsStoppedCanBeGivenUp() throws Exception {
        Process starter = new ProcessBuilder("sh", "-c", "kill -STOP $$").start();
        StartAttempt attempt = new StartAttempt();
        attempt.beginning(starter);
        Thread.ofVirtual().start(() -> attempt.giveUp("was not wanted any more"));
        assertThatThrownBy(() ->
                        ConfinedProcess.start(
                                "x",
                                new WorkerLauncher.Started(
                                        starter, WorkerFolder.create(), Optional.empty(), true)))
                .isInstanceOf(IOException.class)
                .hasMessage("its starter ended: Signalled[number=9]");
        assertThat(starter.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(attempt.givenUp()).isEqualTo("was not wanted any more");
    }

    @Test
    void oneThatWasGivenUpBeforeItBeganEndsAtOnce() throws Exception {
        StartAttempt attempt = new StartAttempt();
        attempt.giveUp("was not wanted any more");
        Process starter = new ProcessBuilder("sleep", "60").start();
        attempt.beginning(starter);
        assertThat(starter.waitFor()).isEqualTo(128 + 9);
    }
}
