package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.OpOptions.ServerLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void findsTheOpLibrariesThatAreBuiltIn(@TempDir Path home) throws Exception {
        Places places = new Places(Map.of("ESPALIER_HOME", home.toString()));
        assertThat(places.builtInLibraries()).isEmpty();

        Path here = home.resolve("ops/onnxruntime/" + Places.PLATFORM);
        Files.createDirectories(here);
        Files.createDirectories(home.resolve("ops/tensorflow/of-another-machine"));
        assertThat(places.builtInLibraries())
                .containsExactly(new ServerLibrary("onnxruntime", here));
        assertThat(Places.PLATFORM).matches("linux-(x86_64|aarch64|riscv64)");
    }
}
