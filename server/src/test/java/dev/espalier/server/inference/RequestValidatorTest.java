package dev.espalier.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceRequest.Input;
import dev.espalier.server.inference.InferenceRequest.RequestedOutput;
import dev.espalier.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is checked of a request before any of its bytes are taken.
@Timeout(20)
class RequestValidatorTest {
    private static final ModelPlan BATCHING =
            new ModelPlan(
                    "m",
                    8,
                    false,
                    List.of(input("A", DataType.FP32, 1, 3), input("S", DataType.BYTES, 0, -1)),
                    List.of(input("Y", DataType.FP32, 1, 3), input("Z", DataType.FP32, 0, 3)));
    private static final ModelPlan PLAIN =
            new ModelPlan(
                    "p",
                    0,
                    false,
                    List.of(
                            input("A", DataType.INT64, 0, -1, 2),
                            new ModelPlan.Tensor(
                                    "B",
                                    DataType.INT64,
                                    new long[] {1},
                                    new long[] {1},
                                    1,
                                    true,
                                    List.of())),
                    List.of(input("Y", DataType.INT64, 0, -1)));

    private static ModelPlan.Tensor input(String name, DataType type, int index, long... dims) {
        return new ModelPlan.Tensor(name, type, dims, dims, index, false, List.of());
    }

    private static InferenceRequest request(List<Input> inputs, RequestedOutput... outputs) {
        return new InferenceRequest("m", "", "7", inputs, List.of(outputs), 0, 0);
    }

    private static Input a(long rows) {
        return new Input("A", "FP32", new long[] {rows, 3}, rows * 12);
    }

    private static Input s(long rows) {
        return new Input("S", "BYTES", new long[] {rows, 2}, rows * 8);
    }

    private static void refused(ModelPlan plan, InferenceRequest request, String text) {
        assertThatThrownBy(() -> RequestValidator.validate(request, plan))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining(text);
    }

    @Test
    void placesInputsInTheEnginesOrder() throws ServingException {
        var validated =
                RequestValidator.validate(
                        request(List.of(a(2), s(2)), new RequestedOutput("Y", 0)), BATCHING);
        assertThat(validated.placement().rows()).isEqualTo(2);
        assertThat(validated.placement().inputIndices()).containsExactly(0, 1);
        assertThat(validated.placement().types()).containsExactly(DataType.BYTES, DataType.FP32);
        assertThat(validated.placement().byteSizes()).containsExactly(16, 24);
        assertThat(validated.positions()).containsExactly(1, 0);
        assertThat(validated.placement().wantedOutputs()).containsExactly(1);
    }

    @Test
    void asksForAllOutputsWhereNoneIsNamed() throws ServingException {
        var validated = RequestValidator.validate(request(List.of(a(1), s(1))), BATCHING);
        assertThat(validated.placement().wantedOutputs()).containsExactly(0, 1);
        assertThat(validated.outputs())
                .extracting(ModelPlan.Tensor::name)
                .containsExactly("Y", "Z");
    }

    @Test
    void refusesWrongNumbersAndNamesOfInputs() {
        refused(
                BATCHING,
                request(List.of(a(1))),
                "expected 2 inputs but got 1 inputs for model 'm'");
        refused(
                BATCHING,
                request(List.of(a(1), new Input("T", "BYTES", new long[] {1, 1}, 4))),
                "unexpected inference input 'T' for model 'm'");
        refused(BATCHING, request(List.of(a(1), a(1))), "input 'A' already exists in request");
    }

    @Test
    void refusesOutputsThatTheModelHasNot() {
        refused(
                BATCHING,
                request(List.of(a(1), s(1)), new RequestedOutput("X", 0)),
                "unexpected inference output 'X' for model 'm'");
    }

    @Test
    void refusesWrongTypes() {
        refused(
                BATCHING,
                request(List.of(new Input("A", "INT32", new long[] {1, 3}, 12), s(1))),
                "inference input 'A' data-type is 'INT32', but model 'm' expects 'FP32'");
    }

    @Test
    void refusesBatchesThatDoNotFit() {
        refused(BATCHING, request(List.of(a(9), s(9))), "batch-size must be <= 8 for 'm'");
        refused(
                BATCHING,
                request(List.of(a(1), s(2))),
                "batch size does not match other inputs for 'm'");
    }

    @Test
    void refusesShapesThatDoNotFit() {
        refused(
                BATCHING,
                request(List.of(new Input("A", "FP32", new long[] {1, 4}, 16), s(1))),
                "unexpected shape for input 'A' for model 'm'. Expected [-1,3], got [1,4]");
        refused(
                PLAIN,
                request(List.of(new Input("A", "INT64", new long[] {-1, 2}, 0))),
                "All input dimensions should be specified for input 'A'");
    }

    @Test
    void refusesSizesThatAreNotTheShapes() {
        refused(
                BATCHING,
                request(List.of(new Input("A", "FP32", new long[] {1, 3}, 11), s(1))),
                "input byte size mismatch for input 'A' for model 'm'. Expected 12, got 11");
    }

    @Test
    void refusesShapesThatOverflow() {
        refused(
                PLAIN,
                request(List.of(new Input("A", "INT64", new long[] {Long.MAX_VALUE, 2}, 16))),
                "causes total element count to exceed maximum size");
    }

    @Test
    void letsOptionalInputsBeAbsent() throws ServingException {
        Input a = new Input("A", "INT64", new long[] {0, 2}, 0);
        Input b = new Input("B", "INT64", new long[] {1}, 8);
        assertThat(RequestValidator.validate(request(List.of(a)), PLAIN).placement().inputIndices())
                .containsExactly(0);
        assertThat(
                        RequestValidator.validate(request(List.of(b, a)), PLAIN)
                                .placement()
                                .inputIndices())
                .containsExactly(0, 1);
    }
}
