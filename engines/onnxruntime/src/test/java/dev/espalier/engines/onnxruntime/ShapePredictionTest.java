package dev.espalier.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ShapePredictionTest {
    private final Execution execution =
            new Execution(
                    1,
                    1,
                    _ -> {
                        throw new AssertionError();
                    });

    private static OrtTensor tensor(DataType type, List<Long> dimensions, List<String> symbols) {
        return new OrtTensor("t", type, dimensions, symbols, 0);
    }

    private static OrtTensor named(String... symbols) {
        return tensor(DataType.FP32, Collections.nCopies(symbols.length, -1L), List.of(symbols));
    }

    private void input(long... shape) {
        execution.inputs().set(0, 11, 0, 0, shape.length);
        for (int axis = 0; axis < shape.length; axis++) {
            execution.inputs().dimension(0, axis, shape[axis]);
        }
    }

    private void output(long... shape) {
        execution.outputs().set(0, 11, 0, 0, shape.length);
        for (int axis = 0; axis < shape.length; axis++) {
            execution.outputs().dimension(0, axis, shape[axis]);
        }
    }

    private void learn(ShapePrediction prediction) {
        prediction.learn(0, execution.inputs(), execution.outputs());
    }

    @Test
    void trustsNamesOnceARunHasShownThemRight() {
        ShapePrediction prediction =
                new ShapePrediction(List.of(named("batch", "n")), List.of(named("n", "batch")));
        assertThat(prediction.isTrusted(0)).isFalse();
        input(2, 5);
        output(5, 2);
        learn(prediction);
        assertThat(prediction.isTrusted(0)).isTrue();
        input(3, 7);
        assertThat(prediction.dimension(0, 0, execution.inputs())).isEqualTo(7);
        assertThat(prediction.dimension(0, 1, execution.inputs())).isEqualTo(3);
    }

    @Test
    void neverTrustsAModelThatWasWrongOnce() {
        ShapePrediction prediction = new ShapePrediction(List.of(named("n")), List.of(named("n")));
        input(2);
        output(3);
        learn(prediction);
        output(2);
        learn(prediction);
        assertThat(prediction.isTrusted(0)).isFalse();
    }

    @Test
    void givesUpWhatItTrusted() {
        ShapePrediction prediction = new ShapePrediction(List.of(named("n")), List.of(named("n")));
        input(2);
        output(2);
        learn(prediction);
        prediction.giveUp();
        learn(prediction);
        assertThat(prediction.isTrusted(0)).isFalse();
    }

    @Test
    void predictsNothingWhereTheModelSaysTooLittle() {
        List<OrtTensor> inputs = List.of(named("n", ""));
        for (OrtTensor output :
                List.of(named("m"), named(""), tensor(DataType.BYTES, List.of(1L), List.of("")))) {
            ShapePrediction prediction = new ShapePrediction(inputs, List.of(output));
            input(1, 1);
            output(1);
            learn(prediction);
            assertThat(prediction.isTrusted(0)).isFalse();
        }
    }

    @Test
    void predictsFixedShapesAndScalars() {
        for (long[] shape : new long[][] {{4, 2}, {}}) {
            List<Long> dimensions = Arrays.stream(shape).boxed().toList();
            ShapePrediction prediction =
                    new ShapePrediction(
                            List.of(named("n")),
                            List.of(
                                    tensor(
                                            DataType.FP32,
                                            dimensions,
                                            Collections.nCopies(shape.length, ""))));
            input(1);
            output(shape);
            learn(prediction);
            assertThat(prediction.isTrusted(0)).isTrue();
            assertThat(prediction.rank(0)).isEqualTo(shape.length);
        }
    }
}
