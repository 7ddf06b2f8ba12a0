package dev.espalier.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class ProfilesTest {
    private static final Profiles TWO = new Profiles(List.of(profile(0, 1, 4), profile(1, 5, 64)));

    private static Profiles.Profile profile(int number, long min, long max) {
        return new Profiles.Profile(
                number, List.of(new Profiles.Range("x", new long[] {min, 8}, new long[] {max, 8})));
    }

    private static Execution.Tensors inputs(long... shape) {
        Execution execution = new Execution(1, 1, bytes -> 0);
        execution.inputs().set(0, DataType.FP32.code(), 0, 0, shape.length);
        for (int axis = 0; axis < shape.length; axis++) {
            execution.inputs().dimension(0, axis, shape[axis]);
        }
        return execution.inputs();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "4, 0", "5, 1", "64, 1"})
    void areChosenByTheShapesOfInputs(long rows, int profile) throws Exception {
        assertThat(TWO.choose(inputs(rows, 8))).isEqualTo(profile);
    }

    @Test
    void sayWhichShapesTheyWereBuiltFor() {
        assertThatThrownBy(() -> TWO.choose(inputs(65, 8)))
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "the plan was not built for inputs of these shapes: 'x' [65,8] (expected:"
                                + " profile 0: 'x' [1..4,8]; profile 1: 'x' [5..64,8])");
        assertThatThrownBy(() -> TWO.choose(inputs(4, 9))).hasMessageContaining("'x' [4,9] (");
        assertThatThrownBy(() -> TWO.choose(inputs(4))).hasMessageContaining("'x' [4] (");
        assertThatThrownBy(() -> TWO.choose(new Execution(1, 1, bytes -> 0).inputs()))
                .hasMessageContaining("'x' missing (");
    }

    @Test
    void canBeLimitedToSome() throws Exception {
        assertThat(TWO.only(List.of())).isEqualTo(TWO);
        assertThat(TWO.only(List.of(1)).choose(inputs(5, 8))).isEqualTo(1);
        assertThatThrownBy(() -> TWO.only(List.of(1)).choose(inputs(4, 8)))
                .hasMessageContaining("(expected: profile 1: 'x' [5..64,8])");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void areThoseOfThePlan(int number) {
        assertThatThrownBy(() -> TWO.only(List.of(number)))
                .hasMessage("profile: " + number + " (expected: one of the plan's, 0 to 1)");
    }

    @Test
    void tellTheLargestBatch() {
        assertThat(TWO.maxBatchSize()).isEqualTo(64);
        Profiles.Range wide = new Profiles.Range("a", new long[] {1}, new long[] {32});
        Profiles.Range scalar = new Profiles.Range("b", new long[0], new long[0]);
        assertThat(
                        new Profiles(List.of(new Profiles.Profile(0, List.of(wide, wide))))
                                .maxBatchSize())
                .isEqualTo(32);
        assertThat(
                        new Profiles(List.of(new Profiles.Profile(0, List.of(wide, scalar))))
                                .maxBatchSize())
                .isZero();
        assertThat(new Profiles(List.of(new Profiles.Profile(0, List.of()))).maxBatchSize())
                .isZero();
    }
}
