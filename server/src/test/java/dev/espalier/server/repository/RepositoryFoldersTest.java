package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class RepositoryFoldersTest {
    @TempDir private Path one;
    @TempDir private Path two;

    private RepositoryFolders folders() {
        return new RepositoryFolders(List.of(one, two));
    }

    @Test
    void listTheirModels() throws IOException {
        Files.createDirectory(one.resolve("b"));
        Files.createDirectory(one.resolve(".ops"));
        Files.createDirectory(two.resolve("a"));
        Files.writeString(two.resolve("README"), "");

        assertThat(folders().list().names()).containsExactly("a", "b");
        assertThat(folders().list().complete()).isTrue();
    }

    @Test
    void sayWhenTheyCannotBeReadToTheEnd() throws IOException {
        Files.createDirectory(one.resolve("b"));
        Files.delete(two);

        assertThat(folders().list().names()).containsExactly("b");
        assertThat(folders().list().complete()).isFalse();
    }

    @Test
    void refuseAModelThatIsInTwo() throws Exception {
        Files.createDirectory(one.resolve("a"));
        assertThat(folders().find("a").folder()).isEqualTo(one.resolve("a"));
        Files.createDirectory(two.resolve("a"));

        assertThatThrownBy(() -> folders().find("a"))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("in more than one repository")
                .hasMessageContaining(one.toString())
                .hasMessageContaining(two.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/b", "/etc", ".ops", "a\0b"})
    void doNotLookOutsideForAName(String name) {
        assertThatThrownBy(() -> folders().find(name))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("is in no repository");
    }
}
