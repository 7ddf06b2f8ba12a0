package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ProcessEndTest {
    @Test
    void namesTheSignalThatEndedAProcess() throws Exception {
        assertThat(end("kill -KILL $$")).isEqualTo("was ended by SIGKILL");
        assertThat(end("kill -SEGV $$")).isEqualTo("was ended by SIGSEGV");
        assertThat(end("kill -USR1 $$")).isEqualTo("was ended by signal 10");
    }

    @Test
    void tellsTheExitCode() throws Exception {
        assertThat(end("exit 3")).isEqualTo("exited with 3");
    }

    private static String end(String script) throws Exception {
        return ProcessEnd.ofExitValue(new ProcessBuilder("sh", "-c", script).start().waitFor())
                .text();
    }
}
