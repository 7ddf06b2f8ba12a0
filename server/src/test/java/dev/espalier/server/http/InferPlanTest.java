package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceRequest;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.regions.ClientRegions;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is made of a header before the request is opened.
@Timeout(20)
final class InferPlanTest {
    private static final BudgetShare HEAP =
            new BudgetShare(new ByteBudget("heap", "send less", 1 << 20));
    private static final Route ROUTE = new Route(Operation.INFER, "m", "2");

    private static InferPlan plan(String inputs, String more, long most) throws ServingException {
        return plan(inputs, more, -1, most);
    }

    private static InferPlan plan(String inputs, String more, long behind, long most)
            throws ServingException {
        byte[] text =
                "{\"inputs\":[%s]%s}".formatted(inputs, more).getBytes(StandardCharsets.UTF_8);
        return InferPlan.of(
                InferHeaderParser.parse(text, text.length),
                ROUTE,
                behind,
                most,
                ClientRegions.off(),
                HEAP);
    }

    private static String binary(String name, long size) {
        return "{\"name\":\"%s\",\"shape\":[1],\"datatype\":\"INT8\",\"parameters\":{\"binary_data_size\":%d}}"
                .formatted(name, size);
    }

    private static String json(String type, String shape, String data) {
        return "{\"name\":\"J\",\"shape\":%s,\"datatype\":\"%s\",\"data\":%s}"
                .formatted(shape, type, data);
    }

    private static void invalid(ThrowingCallable action, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage(message);
    }

    @Test
    void asksForWhatTheHeaderSays() throws Exception {
        InferPlan plan =
                plan(
                        binary("A", 5) + "," + json("INT32", "[2]", "[1,2]"),
                        ",\"id\":\"i\",\"parameters\":{\"priority\":1,\"timeout\":2},\"outputs\":[{\"name\":\"Y\",\"parameters\":{\"classification\":3}}]",
                        100);
        assertThat(plan.request().modelName()).isEqualTo("m");
        assertThat(plan.request().modelVersion()).isEqualTo("2");
        assertThat(plan.request().id()).isEqualTo("i");
        assertThat(plan.request().priority()).isEqualTo(1);
        assertThat(plan.request().timeoutMicros()).isEqualTo(2);
        assertThat(plan.request().inputs())
                .extracting(input -> input.byteSize())
                .containsExactly(5L, 8L);
        assertThat(plan.request().outputs())
                .containsExactly(new InferenceRequest.RequestedOutput("Y", 3));
    }

    @Test
    void answersOutputsInTheFormThatIsAskedFor() throws Exception {
        InferPlan listed =
                plan(
                        binary("A", 5),
                        ",\"parameters\":{\"binary_data_output\":true},\"outputs\":[{\"name\":\"Y\",\"parameters\":{\"binary_data\":true}},{\"name\":\"Z\"}]",
                        100);
        assertThat(listed.isBinary("Y")).isTrue();
        assertThat(listed.isBinary("Z")).isFalse();
        assertThat(listed.isBinary("other")).isFalse();
        assertThat(plan(binary("A", 5), "", 100).isBinary("Y")).isFalse();
        assertThat(
                        plan(binary("A", 5), ",\"parameters\":{\"binary_data_output\":true}", 100)
                                .isBinary("Y"))
                .isTrue();
    }

    @Test
    void goesThroughTheInputsWhoseBytesFollow() throws Exception {
        InferPlan plan =
                plan(
                        binary("A", 1) + "," + json("INT8", "[0]", "[]") + "," + binary("B", 2),
                        "",
                        9);
        assertThat(plan.nextBinary(-1)).isEqualTo(0);
        assertThat(plan.nextBinary(0)).isEqualTo(2);
        assertThat(plan.nextBinary(2)).isEqualTo(-1);
    }

    @Test
    void comparesWhatIsAnnouncedWithWhatFollows() throws Exception {
        String inputs = binary("A", 5) + "," + binary("B", 3);
        assertThat(plan(inputs, "", 8, 100).request().inputs()).hasSize(2);
        invalid(
                () -> plan(inputs, "", 4, 100),
                "unexpected size for input 'A', expecting 1 additional bytes for model 'm'");
        invalid(
                () -> plan(inputs, "", 6, 100),
                "unexpected size for input 'B', expecting 2 additional bytes for model 'm'");
        invalid(() -> plan(inputs, "", 9, 100), "unexpected additional input data for model 'm'");
        invalid(
                () -> plan(json("INT8", "[1]", "[1]"), "", 1, 100),
                "unexpected additional input data for model 'm'");
    }

    @Test
    void tellsHowManyBytesWereMissingAtTheEnd() throws Exception {
        InferPlan plan = plan(binary("A", 5) + "," + binary("B", 3), "", 100);
        plan.checkFilled(1, 0);
        invalid(
                () -> plan.checkFilled(0, 2),
                "unexpected size for input 'A', expecting 2 additional bytes for model 'm'");
        invalid(
                () -> plan.checkFilled(0, 0),
                "unexpected size for input 'B', expecting 3 additional bytes for model 'm'");
        invalid(
                () -> plan.checkFilled(-1, 0),
                "unexpected size for input 'A', expecting 5 additional bytes for model 'm'");
    }

    @Test
    void refusesMoreBytesThanAreTaken() {
        String tail = " is too large (expected: at most 10, the value of --http-max-input-size)";
        invalid(() -> plan(binary("A", 11), "", 10), "request body of 11 bytes" + tail);
        invalid(
                () -> plan(binary("A", 6) + "," + binary("B", 5), "", 10),
                "request body of 11 bytes" + tail);
        invalid(
                () -> plan(binary("A", 6) + "," + binary("B", Long.MAX_VALUE), "", 10),
                "request body of 9223372036854775807 bytes" + tail);
    }

    @Test
    void refusesTypesThatAreNone() {
        invalid(() -> plan(json("INT9", "[1]", "[1]"), "", 10), "invalid datatype for input J");
    }

    @Test
    void refusesHalfFloatsInJson() {
        invalid(
                () -> plan(json("BF16", "[1]", "[1]"), "", 10),
                "receiving BF16 data via JSON is not supported. Please use the binary data format"
                        + " for input J");
    }

    @Test
    void refusesShapesThatOverflow() {
        invalid(
                () -> plan(json("INT8", "[9223372036854775807,2]", "[1]"), "", 10),
                "shape [9223372036854775807,2] of input 'J' causes total element count to exceed"
                        + " maximum size of 9223372036854775807");
    }
}
