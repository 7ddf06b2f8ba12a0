package dev.espalier.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.sdk.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What becomes of requests, whatever a model does with them.
@Timeout(60)
final class AnswersTest {
    private static RunningModel start(String way) throws EngineException {
        return ModelTester.of(Scripted.class).parameter("way", way).start();
    }

    private static Input x(float... elements) {
        return Input.of("X", elements, elements.length);
    }

    @ParameterizedTest
    @CsvSource({"good", "answers elsewhere"})
    void areWhatTheModelWrites(String way) throws Exception {
        try (RunningModel model = start(way)) {
            Reply reply = model.ask(x(1, 2, 3));

            assertThat(reply.output("Y").floats().toArray()).containsExactly(1, 2, 3);
            assertThat(reply.output("S").bytes().string(1)).isEqualTo("é");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    throws            | java.lang.IllegalStateException: seen 5.0 (at
                    overflows         | threw java.lang.StackOverflowError
                    fails             | no 5.0
                    forgets           | returned from run without a last word
                    forgets an output | output 'S' is missing
                    wrong name        | output 'Z' (expected:
                    wrong shape       | output 'Y' of shape [1,1] (expected: [-1])
                    negative shape    | output 'Y' of shape [-1]
                    wrong type        | longs() of 'Y', which is FP32 (expected: floats())
                    wrong size        | content of 12 bytes (expected: 8
                    too few texts     | 1 elements (expected: 2
                    twice             | output 'Y' is there already
                    sends more        | send: the model is not decoupled
                    writes an input   | is an input, which can only be read
                    """)
    void failForWhatTheModelDoesWrong(String way, String reason) throws Exception {
        try (RunningModel model = start(way)) {
            for (int i = 0; i < 2; i++) {
                Reply reply = model.ask(x(5));

                assertThat(reply.answers()).isEmpty();
                assertThat(reply.failure().orElseThrow()).contains(reason);
            }
        }
    }

    @Test
    void standAfterASecondLastWord() throws Exception {
        try (RunningModel model = start("two last words")) {
            assertThat(model.ask(x(5)).output("Y").floats().get(0)).isEqualTo(5);
        }
    }

    @Test
    void doNotShowEarlierRequests() throws Exception {
        try (RunningModel model = start("keeps an input")) {
            model.ask(x(5)).output("Y");

            assertThat(model.ask(x(6)).failure().orElseThrow())
                    .contains("the request has had its last word");
        }
    }

    @Test
    void failOneByOneInABatch() throws Exception {
        try (RunningModel model = start("only odd")) {
            List<Reply> replies =
                    model.askTogether(List.of(List.of(x(1)), List.of(x(2)), List.of(x(3))));

            assertThat(replies.get(0).output("Y").floats().get(0)).isEqualTo(1);
            assertThat(replies.get(1).failure()).contains("even: 2.0");
            assertThat(replies.get(2).output("Y").floats().get(0)).isEqualTo(3);
        }
    }

    @Test
    void areAnyNumberWhereTheModelIsDecoupled() throws Exception {
        try (RunningModel model = ModelTester.of(Scripted.Counting.class).decoupled().start()) {
            List<Reply> replies =
                    model.askTogether(
                            IntStream.of(0, 1, 1000)
                                    .mapToObj(count -> List.of(Input.of("N", new int[] {count}, 1)))
                                    .toList());

            assertThat(replies).allMatch(reply -> reply.failure().isEmpty());
            assertThat(replies.stream().map(reply -> reply.answers().size()))
                    .containsExactly(0, 1, 1000);
            Tensor last = replies.get(2).answers().getLast().get("I");
            assertThat(last).isNotNull();
            assertThat(last.ints().get(0)).isEqualTo(999);
        }
    }

    @Test
    void needTheInputsThatTheModelTakes() throws Exception {
        try (RunningModel model = start("good")) {
            assertThatThrownBy(model::ask).hasMessageContaining("inputs [X] are missing");
            assertThatThrownBy(() -> model.ask(Input.of("X", new int[1], 1)))
                    .hasMessageContaining("(expected: of FP32)");
            assertThatThrownBy(() -> model.ask(x(1), Input.of("Z", new int[1], 1)))
                    .hasMessageContaining("input 'Z'");
            assertThatThrownBy(() -> Input.of("X", new float[3], 2))
                    .hasMessageContaining("content of 12 bytes (expected: 8");
        }
    }
}
