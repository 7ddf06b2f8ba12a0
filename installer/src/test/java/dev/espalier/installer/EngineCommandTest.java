package dev.espalier.installer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class EngineCommandTest {
    @Test
    void takesOptionsAnywhereAndInBothForms() {
        assertThat(
                        EngineCommand.parse(
                                "--engine-directory=/e",
                                "install",
                                "--settings",
                                "/s",
                                "tensorflow"))
                .contains(new EngineCommand("install", "tensorflow", "/e", "/s"));
        assertThat(EngineCommand.parse("list")).contains(new EngineCommand("list", "", "", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "wobble",
                "install",
                "install a b",
                "remove",
                "list a",
                "list --verbose",
                "list --settings",
            })
    void isNothingElse(String line) {
        assertThat(EngineCommand.parse(line.split(" ", -1))).isEmpty();
    }
}
