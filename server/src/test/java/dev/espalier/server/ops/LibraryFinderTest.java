package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.ops.Candidate.Located;
import dev.espalier.server.ops.LibraryFinder.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where op libraries are looked for, and where not.
@Timeout(20)
class LibraryFinderTest {
    @TempDir Path root;

    private Path file(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.exists(file) ? file : Files.createFile(file);
    }

    private LibraryFinder finder() throws IOException {
        Files.createDirectories(root.resolve("repo/m/1"));
        Files.createDirectories(root.resolve("server"));
        return new LibraryFinder(
                new Site(
                        root.resolve("repo/m"),
                        root.resolve("repo/m/1"),
                        List.of(),
                        new Shelf(root.resolve("repo/.ops")),
                        List.of(root.resolve("server"), root.resolve("libone.so"))));
    }

    private List<String> found(String... named) throws Exception {
        return finder().find(List.of(named)).stream().map(this::text).toList();
    }

    private String text(Located located) {
        return "%s%s %s"
                .formatted(
                        located.distance(),
                        located.named() ? "!" : "",
                        root.relativize(located.file()));
    }

    @Test
    void looksAtAllPlacesNearestFirst() throws Exception {
        file("server/libs.so");
        file("libone.so");
        file("repo/.ops/libshelf.so");
        file("repo/.ops/vendor/libv.so");
        file("repo/m/ops/libb.so");
        file("repo/m/ops/liba.so");
        file("repo/m/ops/README.md");
        file("repo/m/1/ops/libnear.so");
        file("repo/m/2/ops/libother.so");
        assertThat(found())
                .containsExactly(
                        "VERSION repo/m/1/ops/libnear.so",
                        "MODEL repo/m/ops/liba.so",
                        "MODEL repo/m/ops/libb.so",
                        "SHELF repo/.ops/libshelf.so",
                        "SHELF repo/.ops/vendor/libv.so",
                        "SERVER server/libs.so",
                        "SERVER libone.so");
    }

    @Test
    void takesTheNewestVersionOfTheShelfUnlessTheModelNamesAnother() throws Exception {
        file("repo/.ops/vendor/1.9/libv.so");
        file("repo/.ops/vendor/1.10/libv.so");
        assertThat(found())
                .containsExactly("SHELF repo/.ops/vendor/1.10/libv.so", "SERVER libone.so");
        assertThat(found("vendor")).startsWith("MODEL! repo/.ops/vendor/1.10/libv.so");
        assertThat(found("vendor/1.9"))
                .containsExactly(
                        "MODEL! repo/.ops/vendor/1.9/libv.so",
                        "SHELF repo/.ops/vendor/1.10/libv.so",
                        "SERVER libone.so");
    }

    @Test
    void seesEveryChangeOfTheShelf() throws Exception {
        Shelf shelf = new Shelf(root.resolve("repo/.ops"));
        assertThat(shelf.libraries()).isEmpty();
        Path first = file("repo/.ops/vendor/1/libv.so");
        for (String folder : List.of("repo/.ops", "repo/.ops/vendor", "repo/.ops/vendor/1")) {
            Files.setLastModifiedTime(
                    root.resolve(folder), FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        }
        assertThat(shelf.libraries()).containsExactly(first);
        assertThat(shelf.libraries()).containsExactly(first);
        Path second = file("repo/.ops/vendor/1/libw.so");
        assertThat(shelf.libraries()).containsExactly(first, second);
        Path newer = file("repo/.ops/vendor/2/libv.so");
        assertThat(shelf.libraries()).containsExactly(newer);
        Files.delete(newer);
        Files.delete(newer.getParent());
        assertThat(shelf.libraries()).containsExactly(first, second);
    }

    @ParameterizedTest
    @CsvSource({
        "libx.so, MODEL! repo/m/libx.so",
        "lib/liby.so, MODEL! repo/m/1/lib/liby.so",
        "ops/libz.so, MODEL! repo/m/ops/libz.so",
        "libz.so, MODEL! repo/m/ops/libz.so",
        "../libx.so, MODEL! repo/m/libx.so",
        "libshelf.so, MODEL! repo/.ops/libshelf.so"
    })
    void findsWhatTheModelNames(String name, String expected) throws Exception {
        file("repo/m/libx.so");
        file("repo/m/1/lib/liby.so");
        file("repo/m/ops/libz.so");
        file("repo/.ops/libshelf.so");
        assertThat(found(name)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../secret.so",
                "../../other/ops/libo.so",
                "../other/ops/libo.so",
                "1/../../other/ops/libo.so",
                "/etc/secret.so"
            })
    void neverLeavesTheModelByItsNames(String name) throws Exception {
        file("secret.so");
        file("repo/other/ops/libo.so");
        assertThatThrownBy(() -> found(name))
                .isInstanceOf(ServingException.class)
                .hasMessageStartingWith(
                        "op_library_filename of model_operations: '"
                                + name
                                + "' leads out of the model's folder "
                                + root.resolve("repo/m"));
    }

    @Test
    void neverLeavesTheModelByALink() throws Exception {
        Path secret = file("secret.so").toRealPath();
        Files.createSymbolicLink(file("repo/m/keep").resolveSibling("libl.so"), secret);
        Files.createSymbolicLink(file("repo/.ops/keep").resolveSibling("libm.so"), secret);
        for (String name : List.of("libl.so", "libm.so")) {
            assertThatThrownBy(() -> found(name))
                    .isInstanceOf(ServingException.class)
                    .hasMessageContaining(
                            "'%s' is a link that leads to %s".formatted(name, secret));
        }
    }

    @Test
    void saysWhereItHasLookedForANamedLibrary() {
        assertThatThrownBy(() -> found("libnowhere.so"))
                .isInstanceOf(ServingException.class)
                .hasMessage(
                        "op library 'libnowhere.so' of model_operations is neither in %s nor in %s nor in the shelf %s"
                                .formatted(
                                        root.resolve("repo/m/1"),
                                        root.resolve("repo/m"),
                                        root.resolve("repo/.ops")));
    }

    @ParameterizedTest
    @CsvSource({"1.9, 1.10", "1, 2", "2, 10", "1.0, 1.0.1", "1.0-rc1, 1.0-rc2", "a, b"})
    void knowsTheNewerVersion(String older, String newer) {
        assertThat(Shelf.compareVersions(older, newer)).isNegative();
        assertThat(Shelf.compareVersions(newer, older)).isPositive();
    }
}
