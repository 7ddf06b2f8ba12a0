package dev.espalier.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `espalier new model` writes, and when it does not. `tests/ops/new_model.sh` builds it.
@Timeout(20)
final class NewCommandTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    @TempDir private Path folder;
    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        home = folder.resolve("home");
        Files.createDirectories(home.resolve("share/maven"));
    }

    private void run(String... words) throws ClientException {
        new NewCommand(home, folder, new PrintStream(said, true, StandardCharsets.UTF_8))
                .run(Arguments.parse(words, Map.of()));
    }

    @Test
    void writesAProject() throws Exception {
        run("new", "model", "first-model");

        Path project = folder.resolve("first-model");
        assertThat(project.resolve("src/main/java/model/FirstModel.java"))
                .content()
                .contains("public final class FirstModel implements Model");
        assertThat(project.resolve("src/main/resources/META-INF/services/dev.espalier.sdk.Model"))
                .hasContent("model.FirstModel");
        assertThat(project.resolve("models/first-model/config.pbtxt")).exists();
        assertThat(project.resolve("pom.xml"))
                .content()
                .contains("<espalier.home>" + home, "file://${espalier.home}/share/maven");
        try (Stream<Path> files = Files.walk(project)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain("%", "@project", "@junit");
            }
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("cd first-model && mvn package");
    }

    @Test
    void changesNothingThatIsThere() throws Exception {
        Files.writeString(folder.resolve("m"), "a file");

        assertThatThrownBy(() -> run("new", "model", "m"))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("is there already");
        assertThat(folder.resolve("m")).hasContent("a file");
    }

    @ParameterizedTest
    @CsvSource({"../m", "1", "a/b", "''", "a b"})
    void refusesWhatIsNoName(String name) {
        assertThatThrownBy(() -> run("new", "model", name))
                .hasMessageContaining("'%s' (expected: a letter".formatted(name));
    }

    @Test
    void needsADistribution() throws IOException {
        Files.delete(home.resolve("share/maven"));

        assertThatThrownBy(() -> run("new", "model", "m")).hasMessageContaining("share/maven");
        assertThatThrownBy(() -> run("new", "thing")).hasMessageContaining("model <name>");
    }

    @ParameterizedTest
    @CsvSource({"a, A", "my_model, MyModel", "x-2, X2", "model, TheModel", "aB__c_, ABC"})
    void namesTheClass(String name, String type) {
        assertThat(NewCommand.className(name)).isEqualTo(type);
    }
}
