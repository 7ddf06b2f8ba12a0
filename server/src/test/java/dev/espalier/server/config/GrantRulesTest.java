package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class GrantRulesTest {
    @TempDir Path folder;

    private Path data;
    private Path secret;

    @BeforeEach
    void makeFolders() throws Exception {
        data = Files.createDirectories(folder.resolve("data/words"));
        secret = Files.createDirectories(folder.resolve("secret"));
    }

    private GrantRules rules(String... lines) throws Exception {
        return GrantRules.read(Files.write(folder.resolve("grants"), List.of(lines)));
    }

    private static Grants reading(Path path) {
        return new Grants(List.of(Place.of(path)), List.of(), false);
    }

    @Test
    void allowsAPlaceAndWhatLiesBelow() throws Exception {
        GrantRules rules = rules("# words", "", "ocr  read   " + data.getParent());
        assertThat(rules.refusal("ocr", reading(data))).isEmpty();
        assertThat(rules.refusal("ocr", reading(data.getParent()))).isEmpty();
        assertThat(rules.refusal("ocr", reading(folder)).orElseThrow())
                .contains("model 'ocr', parameter 'worker_read': '" + folder + "'")
                .contains("'ocr read " + folder + "'");
    }

    @Test
    void allowsItToTheModelAlone() throws Exception {
        GrantRules rules = rules("ocr read " + data, "* network");
        assertThat(rules.refusal("other", reading(data))).isPresent();
        Grants network = new Grants(List.of(), List.of(), true);
        assertThat(rules.refusal("other", network)).isEmpty();
        assertThat(rules("ocr read " + data).refusal("ocr", network).orElseThrow())
                .contains("parameter 'worker_network'");
    }

    @Test
    void readingIsNotWriting() throws Exception {
        Grants writing = new Grants(List.of(), List.of(Place.of(data)), false);
        assertThat(rules("ocr read " + data).refusal("ocr", writing).orElseThrow())
                .contains("parameter 'worker_write'");
        GrantRules rules = rules("ocr write " + data);
        assertThat(rules.refusal("ocr", writing)).isEmpty();
        assertThat(rules.refusal("ocr", reading(data))).isPresent();
    }

    @Test
    void followsLinksBeforeItAllows() throws Exception {
        Path link = Files.createSymbolicLink(data.resolve("link"), secret);
        GrantRules rules = rules("* read " + data);
        assertThat(rules.refusal("ocr", reading(link))).isPresent();
        assertThat(rules.refusal("ocr", reading(data.resolve("../../secret")))).isPresent();
        assertThat(rules.refusal("ocr", reading(data.resolve("../none")))).isPresent();
    }

    @Test
    void withoutAFileNothingIsAllowedAndTheOptionIsNamed() {
        assertThat(GrantRules.NONE.refusal("ocr", Grants.NONE)).isEmpty();
        assertThat(GrantRules.NONE.refusal("ocr", reading(data)).orElseThrow())
                .contains("start the server with --worker-grant-file and a line 'ocr read " + data);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ocr",
                "ocr read",
                "ocr read words",
                "ocr read /",
                "ocr read /none/at/all",
                "ocr network x",
                "ocr execute /usr",
                "ocr read /usr\0"
            })
    void namesALineThatCannotBeFollowed(String line) {
        assertThatThrownBy(() -> rules("# first", line))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--worker-grant-file: ")
                .hasMessageContaining("line 2: '" + line + "'");
    }

    @Test
    void namesAFileThatCannotBeRead() {
        assertThatThrownBy(() -> GrantRules.read(folder))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--worker-grant-file: '" + folder + "'");
    }
}
