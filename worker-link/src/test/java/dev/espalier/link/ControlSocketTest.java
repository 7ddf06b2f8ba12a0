package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.EOFException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
final class ControlSocketTest {
    private static final long OWN_PID = ProcessHandle.current().pid();

    static Stream<ControlMessage> messages() {
        return Stream.of(
                new ControlMessage.Attach(1, 2L << 40),
                new ControlMessage.Attached("1.29.0"),
                new ControlMessage.Load(
                        3,
                        "modèle",
                        "/m/1/model.onnx",
                        List.of("/a.so", "/b.so"),
                        Map.of("k", "v"),
                        new Signature(
                                List.of(new TensorSpec("x", DataType.FP32, List.of(-1L))),
                                List.of()),
                        7,
                        2),
                new ControlMessage.Loaded(
                        3,
                        new Signature(
                                List.of(new TensorSpec("x", DataType.BF16, List.of(-1L, 3L))),
                                List.of(new TensorSpec("y", DataType.BYTES, List.of())))),
                new ControlMessage.LoadFailed(3, "no such op"),
                new ControlMessage.Unload(3),
                new ControlMessage.Unloaded(3),
                new ControlMessage.Serve(),
                new ControlMessage.AddSegment(3, 64L << 20),
                new ControlMessage.DropSegment(3));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatTheOtherSideWrote(ControlMessage message) throws LinkException {
        assertThat(ControlMessage.decoded(message.encoded())).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void refusesEveryMessageThatIsCutShort(ControlMessage message) {
        byte[] frame = message.encoded();
        for (int length = 0; length < frame.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> ControlMessage.decoded(cut)).isInstanceOf(LinkException.class);
        }
    }

    @Test
    void carriesDescriptors() throws Exception {
        String name = "espalier-test-" + UUID.randomUUID();
        try (ControlSocket.Listener listener = new ControlSocket.Listener(name);
                ControlSocket worker = ControlSocket.connect(name);
                ControlSocket server = listener.accept(OWN_PID, 5000);
                SharedRegion region = SharedRegion.createWritable("passed", 4096)) {
            region.memory().set(JAVA_BYTE, 5, (byte) 99);
            server.send("hello".getBytes(), region.descriptor());

            ControlSocket.Frame frame = worker.receive();

            assertThat(new String(frame.bytes())).isEqualTo("hello");
            assertThat(frame.descriptors()).hasSize(1);
            try (SharedRegion copy = SharedRegion.attach(frame.descriptors()[0], 4096, false)) {
                assertThat(copy.memory().get(JAVA_BYTE, 5)).isEqualTo((byte) 99);
            }
        }
    }

    @Test
    void turnsAwayProcessesThatItDoesNotWaitFor() throws Exception {
        String name = "espalier-test-" + UUID.randomUUID();
        try (ControlSocket.Listener listener = new ControlSocket.Listener(name);
                ControlSocket stranger = ControlSocket.connect(name)) {
            assertThat(listener.accept(OWN_PID + 1, 5000)).isNull();
            assertThatThrownBy(stranger::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void tellsThatThePeerIsGone() throws Exception {
        String name = "espalier-test-" + UUID.randomUUID();
        try (ControlSocket.Listener listener = new ControlSocket.Listener(name);
                ControlSocket worker = ControlSocket.connect(name)) {
            listener.accept(OWN_PID, 5000).close();

            assertThatThrownBy(worker::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void noticesThatItsDescriptorIsNoLongerItsOwn() throws Exception {
        String name = "espalier-test-" + UUID.randomUUID();
        try (ControlSocket.Listener _ = new ControlSocket.Listener(name);
                SharedRegion memory = SharedRegion.createWritable("memory", 4096)) {
            ControlSocket worker = ControlSocket.connect(name);
            assertThat(worker.isOpen()).isTrue();
            assertThat(memory.isOpen()).isTrue();

            worker.close();

            assertThat(worker.isOpen()).isFalse();
            try (SharedRegion inItsPlace = SharedRegion.createWritable("next", 4096)) {
                assertThat(inItsPlace.isOpen()).isTrue();
                assertThat(worker.isOpen()).isFalse();
            }
        }
    }
}
