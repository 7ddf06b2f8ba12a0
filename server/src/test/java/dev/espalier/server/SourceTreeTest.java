package dev.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of ARCHITECTURE.md for the tree as a whole: which module sees which, and how long files are.
@Timeout(120)
final class SourceTreeTest {
    private static final Path ROOT = Path.of(System.getProperty("espalier.root", ".."));
    private static final int MOST_LINES = 500;

    /// What is made by tools, or belongs to them.
    private static final Set<String> SKIPPED =
            Set.of("target", "dist", ".git", ".venv", ".mvn", ".idea", "__pycache__");

    private static final Pattern SOURCE =
            Pattern.compile(
                    ".*\\.(java|c|cc|cpp|h|hpp|py|sh|proto|html|js|css)|run|trtserver|espalier");

    private static final Pattern DEPENDENCY =
            Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);

    @ParameterizedTest
    @CsvSource({
        "tensor, ''",
        "sdk, tensor",
        "engine, tensor",
        "engines/onnxruntime, engine",
        "engines/tensorflow, engine",
        "engines/tensorrt, engine",
        "engines/pytorch, engine",
        "engines/java, 'engine|sdk'",
        "worker-link, tensor",
        "worker, 'worker-link|engine|engine-.*'",
        "protocol, ''",
        "server, 'worker-link|protocol|tensor'",
        "client, tensor",
        "installer, engine-.*",
        "sdk-test, 'sdk|engine-java|worker|worker-link'",
        "tests/engine, ''",
        "examples/java, sdk",
        "launcher, 'server|worker|client|installer|sdk-test|example-models'",
        "tests/chaos, 'protocol|launcher'",
    })
    void modulesSeeOnlyWhatIsTheirs(String module, String seen) throws IOException {
        String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
        Matcher dependencies = DEPENDENCY.matcher(pom);
        while (dependencies.find()) {
            String dependency = dependencies.group(1);
            if (dependency.contains("<groupId>dev.espalier<")
                    && !dependency.contains("<scope>test<")) {
                assertThat(dependency)
                        .containsPattern("<artifactId>espalier-(%s)<".formatted(seen));
            }
        }
    }

    @Test
    void sourceFilesStayShort() throws IOException {
        List<Path> files = sources();
        assertThat(files).hasSizeGreaterThan(200);
        assertThat(files.stream().filter(SourceTreeTest::isTooLong))
                .as("files of more than %d lines", MOST_LINES)
                .isEmpty();
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(
                ROOT,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        return SKIPPED.contains(folder.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (SOURCE.matcher(file.getFileName().toString()).matches()) {
                            sources.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return sources;
    }

    private static boolean isTooLong(Path file) {
        try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.count() > MOST_LINES;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
