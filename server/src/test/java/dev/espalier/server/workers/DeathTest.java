package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class DeathTest {
    @Test
    void namesTheSignalThatEndedAProcess() throws Exception {
        assertThat(Death.text(run("kill -KILL $$"))).isEqualTo("was ended by SIGKILL");
        assertThat(Death.text(run("kill -SEGV $$"))).isEqualTo("was ended by SIGSEGV");
        assertThat(Death.text(run("kill -USR1 $$"))).isEqualTo("was ended by signal 10");
    }

    @Test
    void tellsTheExitCode() throws Exception {
        assertThat(Death.text(run("exit 3"))).isEqualTo("exited with 3");
    }

    private static int run(String script) throws Exception {
        return new ProcessBuilder("sh", "-c", script).start().waitFor();
    }
}
