package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.provider.MethodSource;

/// The server's end of a control socket, with a worker at the other that writes what it wants.
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class LinuxFramesTest {
    private static final int MOST_FRAME = ControlSocket.MAX_FRAME_FROM_WORKER;

    private int serverEnd;
    private int workerEnd;
    private LinuxFrames server;

    @BeforeEach
    void connect() throws LinkException {
        int[] pair = socketPair();
        serverEnd = pair[0];
        workerEnd = pair[1];
        server = new LinuxFrames(serverEnd, LinuxFrames.End.SERVER);
    }

    @AfterEach
    void close() {
        LinuxCalls.close(serverEnd);
        LinuxCalls.close(workerEnd);
    }

    private static int[] socketPair() throws LinkException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(8, 8);
            long call = System.getProperty("os.arch").equals("aarch64") ? 199 : 53;
            long _ = LinuxCalls.checked("make a pair", call, 1, 1 | 0x80000, 0, pair.address());
            return new int[] {pair.get(JAVA_INT, 0), pair.get(JAVA_INT, 4)};
        }
    }

    private static void write(int descriptor, byte[] bytes) throws LinkException {
        long call = System.getProperty("os.arch").equals("aarch64") ? 64 : 1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
            long written = 0;
            while (written < bytes.length) {
                written +=
                        LinuxCalls.checked(
                                "write",
                                call,
                                descriptor,
                                copy.address() + written,
                                bytes.length - written);
            }
        }
    }

    private static byte[] framed(byte[] frame) {
        return ByteBuffer.allocate(4 + frame.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void readsAFrameThatComesByteByByte() throws Exception {
        byte[] frame = new byte[200_000];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = (byte) i;
        }
        Thread writing =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                for (byte each : framed(frame)) {
                                    write(workerEnd, new byte[] {each});
                                }
                            } catch (LinkException impossible) {
                                throw new IllegalStateException(impossible);
                            }
                        });
        assertThat(server.receive().bytes()).isEqualTo(frame);
        writing.join();
    }

    @Test
    void refusesAFrameThatIsTooLong() throws Exception {
        write(
                workerEnd,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(MOST_FRAME + 1)
                        .array());
        assertThatThrownBy(server::receive)
                .isInstanceOf(LinkException.class)
                .hasMessage("control frame's length: 1048577 (expected: 0..1048576)");
    }

    @Test
    void takesNoDescriptorsFromAWorker() throws Exception {
        LinuxFrames worker = new LinuxFrames(workerEnd, LinuxFrames.End.WORKER);
        long before = openDescriptors();
        for (int i = 0; i < 100; i++) {
            try {
                worker.send(new byte[] {7}, new int[] {0, 1, 2});
            } catch (LinkException refused) {
                assertThat(refused).hasMessageContaining("EPERM");
                worker.send(new byte[] {7}, new int[0]);
            }
            LinuxFrames.Received received = server.receive();
            assertThat(received.bytes()).containsExactly(7);
            assertThat(received.descriptors()).isEmpty();
        }
        assertThat(openDescriptors()).isLessThan(before + 20);
    }

    @Test
    void doesNotWaitForAWorkerThatDoesNotRead() {
        byte[] frame = new byte[1000];
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100_000; i++) {
                                server.send(frame, new int[0]);
                            }
                        })
                .isInstanceOfSatisfying(
                        LinkException.class, failure -> assertThat(failure.isPeersFault()).isTrue())
                .hasMessage("did not read what it was told within 1000 ms");
    }

    @Test
    void tellsAFaultOfThePeersFromItsEnd() throws Exception {
        LinuxCalls.close(workerEnd);
        assertThatThrownBy(() -> server.send(new byte[1], new int[0]))
                .isInstanceOfSatisfying(
                        LinkException.class,
                        failure -> assertThat(failure.isPeersFault()).isFalse());
        assertThatThrownBy(server::receive).isInstanceOf(EOFException.class);
        workerEnd = socketPair()[0];
    }

    // --- whatever bytes a worker writes

    static Stream<byte[]> streams() {
        byte[] attached = framed(new ControlMessage.Attached("1.29.0").encoded());
        return Stream.of(
                attached,
                framed(new ControlMessage.LoadFailed(1, "no").encoded()),
                Arrays.copyOf(attached, attached.length - 1),
                Arrays.copyOf(attached, 3),
                new byte[4],
                new byte[] {-1, -1, -1, -1},
                new byte[] {0, 0, 16, 0, 1},
                framed(new byte[70_000]));
    }

    @MethodSource("streams")
    @FuzzTest
    void readsWhatIsThereAndNoMore(byte[] stream) throws Exception {
        int[] pair = socketPair();
        Thread writing =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                write(pair[1], stream);
                            } catch (LinkException readerIsGone) {
                                assertThat(readerIsGone.isPeersFault()).isFalse();
                            }
                            LinuxCalls.close(pair[1]);
                        });
        LinuxFrames frames = new LinuxFrames(pair[0], LinuxFrames.End.SERVER);
        int read = 0;
        try {
            while (true) {
                read += 4 + frames.receive().bytes().length;
            }
        } catch (EOFException end) {
            assertThat(read).isLessThanOrEqualTo(stream.length);
        } catch (LinkException refused) {
            assertThat(refused).hasMessageContaining("expected");
        } finally {
            LinuxCalls.close(pair[0]);
            writing.join();
        }
    }
}
