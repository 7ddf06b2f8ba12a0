package dev.espalier.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is left of a worker that does not come to be one: nothing.
@Timeout(60)
final class WorkerFailuresTest {
    private static final String TEMPORARY = "java.io.tmpdir";

    private final String before = System.getProperty(TEMPORARY);

    /// Where links are made.
    @TempDir private Path links;

    @TempDir private Path files;

    @BeforeEach
    void makeLinksHere() {
        System.setProperty(TEMPORARY, links.toString());
    }

    @AfterEach
    void makeLinksThere() {
        System.setProperty(TEMPORARY, before);
    }

    /// A file that is copied beside the model, by which its folder is known.
    private Path mark() throws Exception {
        return Files.createFile(files.resolve(UUID.randomUUID().toString()));
    }

    private boolean isLaid(Path mark) throws Exception {
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(Path.of(before), "espalier-model-*")) {
            for (Path folder : folders) {
                if (Files.exists(folder.resolve(mark.getFileName()))) {
                    return true;
                }
            }
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"much", "31", "1048577", "-1", ""})
    void aHeapIsANumberOfMegabytes(String heap) throws Exception {
        Path mark = mark();
        assertThatThrownBy(() ->
                        ModelTester.of(Scripted.class)
                                .parameter("jvm_memory_mb", heap)
                                .file(mark)
                                .startWorker())
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "parameter 'jvm_memory_mb': '%s' (expected: a whole number of megabytes, 32..1048576)"
                                .formatted(heap));
        assertThat(isLaid(mark)).isFalse();
    }

    @Test
    void nothingIsLeftOfAProcessThatEndsAtOnce() {
        assertThatThrownBy(() -> WorkerProcess.start(1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("Too small maximum heap");
        assertThat(links).isEmptyDirectory();
    }

    @Test
    void nothingIsLeftOfOneThatCannotBeStarted() {
        String home = System.setProperty("java.home", files.toString());
        try {
            assertThatThrownBy(() -> WorkerProcess.start(64))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("Cannot run program");
        } finally {
            System.setProperty("java.home", home);
        }
        assertThat(links).isEmptyDirectory();
    }

    @Test
    void nothingIsLeftOfAModelThatCannotBeLoaded() throws Exception {
        Path mark = mark();
        ModelTester tester =
                ModelTester.of(Scripted.class).parameter("way", "cannot load").file(mark);
        assertThatThrownBy(tester::startWorker).hasMessageContaining("no such table");
        assertThatThrownBy(tester::start).hasMessageContaining("no such table");
        assertThat(links).isEmptyDirectory();
        assertThat(isLaid(mark)).isFalse();
    }

    @Test
    void nothingIsLeftWhereAFileCannotBeCopied() throws Exception {
        Path mark = mark();
        ModelTester tester = ModelTester.of(Scripted.class).file(mark).file(files.resolve("none"));
        assertThatThrownBy(tester::startWorker).isInstanceOf(UncheckedIOException.class);
        assertThat(isLaid(mark)).isFalse();
    }

    /// Whether it has connected by then or not.
    @Test
    void nothingIsLeftOfAStartThatIsInterrupted() throws Exception {
        Set<Long> others = children();
        FutureTask<RunningModel> start =
                new FutureTask<>(() -> ModelTester.of(Scripted.class).startWorker());
        Thread starter = Thread.ofPlatform().start(start);
        Set<Long> made = children();
        made.removeAll(others);
        while (made.isEmpty()) {
            Thread.onSpinWait();
            made = children();
            made.removeAll(others);
        }
        starter.interrupt();
        assertThatThrownBy(start::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(EngineException.class);
        for (long process : made) {
            ProcessHandle.of(process)
                    .ifPresent(each -> each.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        }
        assertThat(links).isEmptyDirectory();
    }

    private static Set<Long> children() {
        return ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }
}
