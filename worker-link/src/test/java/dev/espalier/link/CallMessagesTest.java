package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What both ends say of calls, to the byte: a change here is a new version.
@Timeout(20)
final class CallMessagesTest {
    private static final CallTexts TEXTS = new CallTexts("m", "", List.of("é", "Y"), List.of("Z"));

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void saysACallInTexts() throws Exception {
        assertThat(hex(TEXTS.encoded()))
                .isEqualTo(
                        "01000000"
                                + "6d"
                                + "00000000"
                                + "02000000"
                                + "c3a9"
                                + "01000000"
                                + "59"
                                + "01000000"
                                + "5a");
        assertThat(TEXTS.count()).isEqualTo(5);
        assertThat(CallTexts.decoded(TEXTS.encoded(), 2)).isEqualTo(TEXTS);
        assertThat(CallTexts.decoded(TEXTS.encoded(), 3).inputs()).containsExactly("é", "Y", "Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "00", "ffffff7f", "ffffffff61", "0100000061", "0100000061020000006d"})
    void readsNoCallInOtherBytes(String bytes) {
        assertThatThrownBy(() -> CallTexts.decoded(HexFormat.of().parseHex(bytes), 1))
                .isInstanceOf(LinkException.class)
                .hasMessageStartingWith("texts of a call: ");
    }

    @Test
    void saysAnAnswer() throws Exception {
        ControlMessage answered =
                new ControlMessage.CallAnswered(
                        7,
                        List.of(
                                new ControlMessage.CallOutput(
                                        TensorSpec.of("Z", DataType.FP32, 3),
                                        LinkLayout.address(2, 256),
                                        12)));
        assertThat(hex(answered.encoded()))
                .isEqualTo(
                        "0b"
                                + "00000007"
                                + "00000001"
                                + "00000001"
                                + "5a"
                                + "0b"
                                + "00000001"
                                + "0000000000000003"
                                + "0000020000000100"
                                + "000000000000000c");
        assertThat(ControlMessage.decoded(answered.encoded())).isEqualTo(answered);
    }

    @Test
    void saysAFailure() throws Exception {
        ControlMessage failed = new ControlMessage.CallFailed(-1, CallFailure.BUSY, "no room");
        assertThat(hex(failed.encoded()))
                .isEqualTo(
                        "0c"
                                + "ffffffff"
                                + "04"
                                + "00000007"
                                + hex("no room".getBytes(StandardCharsets.UTF_8)));
        assertThat(ControlMessage.decoded(failed.encoded())).isEqualTo(failed);
        byte[] unknown = failed.encoded();
        unknown[5] = 9;
        assertThatThrownBy(() -> ControlMessage.decoded(unknown)).hasMessage("call's failure: 9");
    }

    @ParameterizedTest
    @EnumSource(LinkKind.class)
    void tellsALoopOfCalls(LinkKind kind) throws Exception {
        try (BothEnds ends = new BothEnds(kind, LinkLayout.BLOCKS + (2 << 20))) {
            CompletionWriter writer =
                    new CompletionWriter(
                            ends.workerIn,
                            ends.workerOut,
                            1,
                            ends.server.serverDoorbells(ends.workerIn, _ -> {}));
            writer.tell(0, 3, 9, 16385, 5, 200, 1, CompletionWriter.CALL, 7);
            int over = CompletionWriter.CALL | CompletionWriter.EMPTY;
            writer.tell(0, 3, 9, LinkLayout.NO_BLOCK, 0, 0, 1, over, 7);
            byte[] bytes = ends.serverOut.memory().asSlice(256 << 10, 64).toArray(JAVA_BYTE);
            assertThat(hex(bytes))
                    .isEqualTo(
                            "01000000030000000900000001400000"
                                    + "05000000c80000000100080007000000"
                                    + "02000000030000000900000000000000"
                                    + "000000000000000001000a0007000000");
            CompletionRing ring = new CompletionRing(ends.serverIn, ends.serverOut, 0);
            assertThat(ring.poll() && ring.isCall() && !ring.isEmpty()).isTrue();
            assertThat(ring.number()).isEqualTo(7);
            assertThat(ring.poll() && ring.isCall() && ring.isEmpty()).isTrue();
            assertThat(ring.isLast() || ring.isReturn()).isFalse();
        }
    }
}
