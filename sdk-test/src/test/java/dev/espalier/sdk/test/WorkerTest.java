package dev.espalier.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A model in a worker's process of its own, and what that can do that a test's process had better not.
@Timeout(120)
final class WorkerTest {
    private static RunningModel start(String way) throws EngineException {
        return ModelTester.of(Scripted.class).parameter("way", way).startWorker();
    }

    private static Input x(float... elements) {
        return Input.of("X", elements, elements.length);
    }

    @Test
    void answersAsInATestsProcess() throws Exception {
        try (RunningModel model = start("where")) {
            for (int i = 0; i < 3; i++) {
                Reply reply = model.ask(x(1, 2, 3));
                assertThat(reply.output("Y").floats().toArray()).containsExactly(1, 2, 3);
                assertThat(Long.parseLong(reply.output("S").bytes().string(0)))
                        .isNotEqualTo(ProcessHandle.current().pid());
            }
            assertThat(model.signature().inputs()).hasSize(1);
            assertThatThrownBy(model::ask).hasMessageContaining("inputs [X] are missing");
        }
    }

    @Test
    void failsForWhatTheModelThrows() throws Exception {
        try (RunningModel model = start("throws")) {
            assertThat(model.ask(x(5)).failure().orElseThrow())
                    .contains("java.lang.IllegalStateException: seen 5.0 (at");
        }
    }

    @Test
    void sendsAnyNumberOfAnswers() throws Exception {
        try (RunningModel model =
                ModelTester.of(Scripted.Counting.class).decoupled().startWorker()) {
            for (int count : new int[] {0, 1, 1000}) {
                Reply reply = model.ask(Input.of("N", new int[] {count}, 1));
                assertThat(reply.failure()).isEmpty();
                assertThat(reply.answers().stream().map(each -> each.get("I").ints().get(0)))
                        .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
            }
        }
    }

    @Test
    void runsABatch() throws Exception {
        try (RunningModel model =
                ModelTester.of(Scripted.class)
                        .parameter("way", "only odd")
                        .maxBatchSize(8)
                        .startWorker()) {
            List<Reply> replies =
                    model.askTogether(List.of(List.of(x(1)), List.of(x(2, 3)), List.of(x(3))));
            assertThat(replies.get(0).output("Y").floats().toArray()).containsExactly(1);
            assertThat(replies.get(1).failure()).contains("even: 2.0");
            assertThat(replies.get(2).output("Y").floats().toArray()).containsExactly(3);
            assertThatThrownBy(() ->
                            model.askTogether(
                                    List.of(
                                            List.of(x(1)),
                                            List.of(Input.of("X", new float[1], 1, 1)))))
                    .hasMessageContaining("the same shapes but for the batch");
        }
    }

    /// Again and again: the end of the process and the end of those who look at its memory come in any order.
    @RepeatedTest(6)
    void tellsHowItsProcessHasEnded() throws Exception {
        try (RunningModel model = start("exits")) {
            assertThat(model.ask(x(5)).failure().orElseThrow())
                    .contains("the worker's process has ended with exit code 3")
                    .contains("called System.exit");
            assertThat(model.ask(x(5)).failure().orElseThrow()).contains("exit code 3");
        }
        assertThat(threads()).isEmpty();
    }

    @Test
    void isClosedWholeByAThreadThatIsInterrupted() throws Exception {
        RunningModel model = start("good");
        assertThat(model.ask(x(5)).failure()).isEmpty();
        Thread.currentThread().interrupt();
        model.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(threads()).isEmpty();
        assertThat(model.ask(x(5)).failure()).contains("the model has been closed");
    }

    /// Those that look at the memory of a link.
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name ->
                        name.equals("answers of a worker") || name.equals("news of a worker"))
                .toList();
    }

    @Test
    void keepsNothingOfRequestsThatFindNoRoom() throws Exception {
        Input a = Input.of("A", new float[1 << 18], 1 << 18);
        Input b = Input.of("B", new float[17 << 20], 17 << 20);
        try (RunningModel model =
                ModelTester.of(Misbehaving.TwoInputs.class).decoupled().startWorker()) {
            for (int i = 0; i < 1100; i++) {
                assertThatThrownBy(() -> model.ask(a, b))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("no room for an input of 71303168 bytes");
            }
            assertThat(model.ask(a, Input.of("B", new float[1], 1)).failure()).isEmpty();
        }
    }

    @Test
    void runsNoMoreAtOnceThanTheLinkHasRoomFor() throws Exception {
        Set<ProcessHandle> others = ProcessHandle.current().children().collect(Collectors.toSet());
        try (RunningModel model =
                        ModelTester.of(Misbehaving.Silent.class).decoupled().startWorker();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletionService<Reply> asked = new ExecutorCompletionService<>(threads);
            for (int i = 0; i <= 1024; i++) {
                Future<Reply> _ = asked.submit(() -> model.ask(x(5)));
            }
            assertThatThrownBy(asked.take()::get)
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("1024 runs wait for their last words");
            ProcessHandle.current()
                    .children()
                    .filter(child -> !others.contains(child))
                    .forEach(ProcessHandle::destroyForcibly);
            for (int i = 0; i < 1024; i++) {
                assertThat(asked.take().get().failure().orElseThrow()).contains("exit code 137");
            }
        }
    }

    /// What a worker says may be nonsense: native code of a model can write anything.
    @Test
    void failsForWhatCannotBeRead() throws Exception {
        try (RunningModel model = ModelTester.of(Misbehaving.Scribbling.class).startWorker()) {
            assertThat(model.ask(x(5)).failure().orElseThrow())
                    .contains("the worker's answers cannot be read")
                    .contains("request 99 of a run (expected: 0..0)");
            assertThat(model.ask(x(5)).failure().orElseThrow()).contains("request 99");
        }
    }

    @Test
    void tellsWhyItCannotBeLoaded() {
        assertThatThrownBy(() -> start("cannot load"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("java.io.IOException: no such table");
    }

    @Test
    void saysThatThereIsNobodyToCall() throws Exception {
        try (RunningModel model = start("calls")) {
            assertThat(model.ask(x(5)).failure().orElseThrow())
                    .isEqualTo("UNAVAILABLE: there is no server here whose models can be called");
        }
        try (RunningModel model =
                ModelTester.of(Scripted.class).parameter("way", "calls").start()) {
            assertThat(model.ask(x(5)).failure().orElseThrow())
                    .contains("there is no server here whose models can be called");
        }
    }
}
