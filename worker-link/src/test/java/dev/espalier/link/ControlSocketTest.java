package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.EOFException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
                        new ModelSettings(12, 8, true, "{}"),
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

    @ParameterizedTest
    @EnumSource(LinkKind.class)
    void carriesHandles(LinkKind kind) throws Exception {
        try (Links links = kind.open();
                ControlSocket.Listener listener = links.listen();
                ControlSocket worker = kind.connect(listener.address());
                ControlSocket server = listener.accept(OWN_PID, 5000);
                SharedRegion region = links.createSegment(4096)) {
            region.memory().set(JAVA_BYTE, 5, (byte) 99);
            server.send("hello".getBytes(), List.of(region.handle()));

            ControlSocket.Frame frame = worker.receive();

            assertThat(new String(frame.bytes())).isEqualTo("hello");
            assertThat(frame.handles()).hasSize(1);
            try (SharedRegion copy = frame.handles().getFirst().attach(4096, false)) {
                assertThat(copy.memory().get(JAVA_BYTE, 5)).isEqualTo((byte) 99);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LinkKind.class)
    void waitsNoLongerThanItIsTold(LinkKind kind) throws Exception {
        try (Links links = kind.open();
                ControlSocket.Listener listener = links.listen()) {
            assertThat(listener.accept(OWN_PID, 1)).isNull();
        }
    }

    /// The portable one cannot ask; there the folder keeps strangers out.
    @Test
    void turnsAwayProcessesThatItDoesNotWaitFor() throws Exception {
        try (Links links = LinkKind.LINUX.open();
                ControlSocket.Listener listener = links.listen();
                ControlSocket stranger = LinkKind.LINUX.connect(listener.address())) {
            assertThat(listener.accept(OWN_PID + 1, 5000)).isNull();
            assertThatThrownBy(stranger::receive).isInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(LinkKind.class)
    void tellsThatThePeerIsGone(LinkKind kind) throws Exception {
        try (Links links = kind.open();
                ControlSocket.Listener listener = links.listen();
                ControlSocket worker = kind.connect(listener.address())) {
            listener.accept(OWN_PID, 5000).close();

            assertThatThrownBy(worker::receive).isInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(LinkKind.class)
    void endsForAThreadThatWaits(LinkKind kind) throws Exception {
        try (Links links = kind.open();
                ControlSocket.Listener listener = links.listen();
                ControlSocket _ = kind.connect(listener.address());
                ControlSocket server = listener.accept(OWN_PID, 5000)) {
            FutureTask<ControlSocket.Frame> received = new FutureTask<>(server::receive);
            Thread _ = Thread.ofPlatform().start(received);

            server.shutdown();

            assertThatThrownBy(received::get).hasCauseInstanceOf(EOFException.class);
        }
    }

    @Test
    void refusesWhatNoModelIsLike() {
        TensorSpec deep = new TensorSpec("x", DataType.FP32, Collections.nCopies(65, 1L));
        TensorSpec named = new TensorSpec("n".repeat(65537), DataType.FP32, List.of());
        TensorSpec plain = new TensorSpec("", DataType.FP32, List.of());
        assertRefused(List.of(deep), "announces 65 dimensions (expected: 0..64");
        assertRefused(List.of(named), "announces 65537 bytes of text (expected: 0..65536");
        assertRefused(
                Collections.nCopies(16385, plain), "announces 16385 tensors (expected: 0..16384");
    }

    private static void assertRefused(List<TensorSpec> inputs, String message) {
        byte[] frame = new ControlMessage.Loaded(1, new Signature(inputs, List.of())).encoded();
        assertThatThrownBy(() -> ControlMessage.decoded(frame))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining(message);
    }

    @Test
    void cutsReasonsToWhatAMessageHolds() throws LinkException {
        byte[] frame = new ControlMessage.LoadFailed(1, "é".repeat(100_000)).encoded();
        assertThat(ControlMessage.decoded(frame))
                .isEqualTo(new ControlMessage.LoadFailed(1, "é".repeat(21845)));
    }

    @Test
    void refusesNumbersThatNoPeerOfOursSends() throws Exception {
        Path folder = Files.createTempDirectory("espalier-test");
        Path file = folder.resolve("s");
        try (ControlSocket.Listener listener = new PortableControlSocket.Listener(file);
                SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(file));
                ControlSocket server = listener.accept(OWN_PID, 5000)) {
            peer.write(
                    ByteBuffer.allocate(4).putInt(ControlSocket.MAX_FRAME_FROM_WORKER + 1).flip());
            assertThatThrownBy(server::receive)
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("length: 1048577 (expected: 0..1048576)");
        } finally {
            Files.delete(folder);
        }
    }

    @Test
    void noticesThatItsDescriptorIsNoLongerItsOwn() throws Exception {
        try (Links links = LinkKind.LINUX.open();
                ControlSocket.Listener listener = links.listen();
                SharedRegion memory = links.createSegment(4096)) {
            ControlSocket worker = LinkKind.LINUX.connect(listener.address());
            assertThat(worker.isOpen()).isTrue();
            assertThat(memory.isOpen()).isTrue();

            worker.close();

            assertThat(worker.isOpen()).isFalse();
            try (SharedRegion inItsPlace = links.createSegment(4096)) {
                assertThat(inItsPlace.isOpen()).isTrue();
                assertThat(worker.isOpen()).isFalse();
            }
        }
    }
}
