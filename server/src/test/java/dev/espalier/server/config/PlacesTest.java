package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlacesTest {
    @Test
    void keepsStateWhereXdgSays() {
        assertThat(new Places(Map.of("XDG_STATE_HOME", "/x", "HOME", "/h")).stateDirectory(""))
                .hasToString("/x/espalier");
        assertThat(new Places(Map.of("XDG_STATE_HOME", "x", "HOME", "/h")).stateDirectory(""))
                .hasToString("/h/.local/state/espalier");
        assertThat(new Places(Map.of()).stateDirectory("")).hasToString("/var/tmp/espalier");
    }

    @Test
    void keepsTheMeaningOfRelativePaths() {
        assertThat(new Places(Map.of()).stateDirectory("state"))
                .isEqualTo(Path.of("state").toAbsolutePath());
    }
}
