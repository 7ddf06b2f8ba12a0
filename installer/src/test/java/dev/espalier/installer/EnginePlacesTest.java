package dev.espalier.installer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class EnginePlacesTest {
    private static Path installed(Map<String, String> environment, String given) {
        return new EnginePlaces(environment).installed(given).path();
    }

    @Test
    void areTheUsersUnlessTheCommandSaysOtherwise() {
        Map<String, String> home = Map.of("HOME", "/home/u");
        assertThat(installed(home, "")).hasToString("/home/u/.local/share/espalier/engines");
        assertThat(installed(home, "/opt/packs/../engines")).hasToString("/opt/engines");
        assertThat(installed(Map.of("HOME", "/home/u", "XDG_DATA_HOME", "/data"), ""))
                .hasToString("/data/espalier/engines");
        assertThat(installed(Map.of("HOME", "/home/u", "XDG_DATA_HOME", "relative"), ""))
                .hasToString("/home/u/.local/share/espalier/engines");
        assertThat(installed(Map.of(), "")).hasToString("/var/tmp/espalier/engines");
    }

    @Test
    void areTheDistributionsBesideThem() {
        assertThat(new EnginePlaces(Map.of("ESPALIER_HOME", "/opt/espalier")).distribution().path())
                .hasToString("/opt/espalier/engines");
    }
}
