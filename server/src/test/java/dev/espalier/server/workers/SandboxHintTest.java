package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.Place;
import dev.espalier.server.config.SandboxOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SandboxHintTest {
    private final SandboxHint hint =
            new SandboxHint(
                    new SandboxOptions(SandboxOptions.Mode.AUTO, List.of()),
                    List.of(Path.of("/models/1/model.onnx")));

    @Test
    void namesTheOptionForAFileThatWorkersDoNotSee() {
        for (String text :
                List.of(
                        "cannot open /data/vocab.txt: Permission denied",
                        "Operation not permitted: '/data/vocab.txt'",
                        "open(/data/vocab.txt): No such file or directory",
                        "Permission denied /data/vocab.txt.")) {
            assertThat(hint.on(text))
                    .startsWith(text)
                    .endsWith("--worker-read=/data/vocab.txt lets them read it)");
        }
    }

    @Test
    void looksAtTheFirstFileThatIsHidden() {
        assertThat(hint.on("/usr/lib/x.so: /models/1/a, /srv/b: Permission denied"))
                .contains("--worker-read=/srv/b ");
    }

    @Test
    void guessesNothing() {
        for (String text :
                List.of(
                        "Permission denied",
                        "Permission denied: model/vocab.txt",
                        "Permission denied: /models/1/vocab.txt",
                        "No such file or directory: /usr/lib/libx.so",
                        "Permission denied: /",
                        "/data/vocab.txt is broken",
                        "/tmp/espalier-worker-1/cache: No such file or directory",
                        "Permission denied: /a\0b",
                        "x".repeat(5_000) + " /data/vocab.txt: Permission denied",
                        "")) {
            assertThat(hint.on(text)).isEqualTo(text);
        }
    }

    @Test
    void knowsWhatTheOperatorHasAllowed() {
        SandboxOptions allowed =
                new SandboxOptions(
                        SandboxOptions.Mode.AUTO,
                        List.of(),
                        List.of(Place.of(Path.of("/data"))),
                        List.of(),
                        false,
                        new SandboxOptions.User(1, 1),
                        0,
                        0);
        String text = "Permission denied: /data/vocab.txt";
        assertThat(new SandboxHint(allowed, List.of()).on(text)).isEqualTo(text);
    }
}
