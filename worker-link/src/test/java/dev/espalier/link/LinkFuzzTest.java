package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever bytes the other process writes: a reader of the link either refuses them or stays within the
/// memory and within what the frame says.
final class LinkFuzzTest {
    private static final int SLOT = 7;
    private static final int BLOCK = LinkLayout.block(LinkLayout.OUT_BLOCKS + 4096);
    private static final long SIZE = LinkLayout.BLOCKS + (1 << 16);
    private static final SharedRegion REGION = region();
    private static final MemorySegment MEMORY = REGION.memory();

    private static SharedRegion region() {
        try {
            return LinkKind.ofThisMachine().open().createIn(SIZE);
        } catch (LinkException failure) {
            throw new IllegalStateException(failure);
        }
    }

    // --- request frames

    static Stream<byte[]> requestFrames() {
        RequestFrame frame = new RequestFrame(MEMORY).begin(SLOT, 2, 3, 2);
        frame.putWanted(0);
        frame.putWanted(2);
        frame.putWanted(5);
        frame.putMember(1, 0);
        frame.putMember(2, 1);
        frame.putInput(0, DataType.FP32.code(), 2, LinkLayout.BLOCKS, 24);
        frame.putDimension(2);
        frame.putDimension(3);
        frame.putInput(4, DataType.BYTES.code(), 0, LinkLayout.BLOCKS + 64, 9);
        byte[] sound = frame(frame.length());
        return Stream.of(
                sound,
                Arrays.copyOf(sound, sound.length - 1),
                Arrays.copyOf(sound, LinkLayout.FRAME_SIZE + 1),
                withInt(sound, 0, Integer.MAX_VALUE),
                withInt(sound, 0, -1),
                withInt(sound, 4, Integer.MAX_VALUE),
                withInt(sound, 4, Integer.MIN_VALUE),
                withInt(sound, 8, Integer.MAX_VALUE),
                withInt(sound, 8, LinkLayout.MAX_MEMBERS),
                withInt(sound, 8, -1),
                // The first input: its rank, its address, its size.
                withInt(sound, 56, Integer.MAX_VALUE),
                withInt(sound, 56, -4),
                withLong(sound, 64, 0),
                withLong(sound, 64, SIZE - 8),
                withLong(sound, 64, Long.MIN_VALUE),
                withLong(sound, 72, Long.MAX_VALUE),
                withLong(sound, 72, -1));
    }

    @MethodSource("requestFrames")
    @FuzzTest
    void readsRequestFrames(byte[] frame) {
        put(frame);
        try {
            RequestFrame read = new RequestFrame(MEMORY).read(SLOT, frame.length);
            for (int i = 0; i < read.wantedCount(); i++) {
                int _ = read.wanted(i);
            }
            for (int i = 0; i < read.memberCount(); i++) {
                long _ = read.rows(i) + read.loop(i);
            }
            for (int i = 0; i < read.inputCount(); i++) {
                read.nextInput();
                long _ = read.address() + read.byteSize();
                for (int axis = 0; axis < read.rank(); axis++) {
                    long _ = read.dimension(axis);
                }
            }
            assertThat(32L * read.inputCount() + 4L * read.wantedCount() + 8L * read.memberCount())
                    .isLessThanOrEqualTo(frame.length);
        } catch (LinkException refused) {
            assertThat(refused)
                    .hasMessageMatching("(?s).*\\d.*|request frame ends within an input");
        }
    }

    // --- result frames

    static Stream<byte[]> resultFrames() {
        ResultFrame frame = new ResultFrame(MEMORY);
        frame.begin(BLOCK, LinkLayout.FRAME_SIZE);
        frame.putTime(3, 1234);
        frame.putOutput(0, DataType.FP32.code(), 2, LinkLayout.OUT_BLOCKS, 24);
        frame.putDimension(2);
        frame.putDimension(3);
        frame.putOutput(1, DataType.BYTES.code(), 1, LinkLayout.OUT_BLOCKS + 64, 9);
        frame.putDimension(1);
        byte[] sound = answer(frame.length());
        frame.begin(BLOCK, LinkLayout.FRAME_SIZE);
        byte[] texts = new CallTexts("m", "", List.of("x"), List.of()).encoded();
        frame.putOutput(0, DataType.BYTES.code(), 1, LinkLayout.OUT_BLOCKS + 8192, texts.length);
        frame.putDimension(3);
        byte[] call = answer(frame.length());
        frame.begin(BLOCK, LinkLayout.FRAME_SIZE);
        frame.putError(ResultFrame.ENGINE_ERROR, "Non-zero status code returned".getBytes(UTF_8));
        byte[] error = answer(frame.length());
        return Stream.of(
                sound,
                error,
                call,
                Arrays.copyOf(sound, sound.length - 8),
                Arrays.copyOf(sound, LinkLayout.FRAME_SIZE + 1),
                withInt(sound, 0, 3),
                withInt(error, 0, ResultFrame.NO_ROOM),
                withInt(sound, 4, 1 << 20),
                withInt(error, 4, Integer.MAX_VALUE),
                withInt(error, 4, -1),
                // The first output: its type, rank, offset, size and dimensions.
                withInt(sound, 52, 99),
                withInt(sound, 56, Integer.MAX_VALUE),
                withInt(sound, 56, -1),
                withLong(sound, 64, 0),
                withLong(sound, 64, SIZE - 8),
                withLong(sound, 64, Long.MAX_VALUE),
                withLong(sound, 72, Long.MIN_VALUE),
                withLong(sound, 72, 25),
                withLong(sound, 80, Long.MAX_VALUE),
                withLong(sound, 80, -2),
                withLong(sound, 88, 0),
                // 2^62 times 4 elements, which is none to those who count with 64 bits.
                withLong(withLong(withLong(sound, 80, 1L << 62), 88, 4), 72, 0));
    }

    @MethodSource("resultFrames")
    @FuzzTest
    void readsResultFrames(byte[] frame) {
        putAnswer(BLOCK, frame);
        try {
            ResultFrame read = new ResultFrame(MEMORY).read(BLOCK, frame.length);
            if (read.isError()) {
                assertThat(read.errorText().length()).isLessThanOrEqualTo(frame.length);
                boolean _ = read.isFinished(0, 0);
                return;
            }
            for (int i = 0; i < read.outputCount(); i++) {
                read.nextOutput();
                assertThat(read.byteSize()).isBetween(0L, SIZE);
                if (read.byteSize() > 0) {
                    assertThat(read.offset())
                            .isBetween(LinkLayout.OUT_BLOCKS, SIZE - read.byteSize());
                }
                long elements = Arrays.stream(read.shape()).reduce(1, Math::multiplyExact);
                if (read.type().isFixedSize()) {
                    assertThat(read.byteSize()).isEqualTo(elements * read.type().elementSize());
                } else if (i == 0) {
                    readsCallTexts(read);
                }
            }
            boolean _ = read.isFinished(0, 0);
        } catch (LinkException refused) {
            assertThat(refused)
                    .hasMessageMatching("(?s).*\\d.*|result frame ends within an output");
        }
    }

    /// A call says in its first output what it is about.
    private static void readsCallTexts(ResultFrame call) {
        long size = Math.min(call.byteSize(), CallTexts.MOST_BYTES);
        byte[] bytes = MEMORY.asSlice(size == 0 ? 0 : call.offset(), size).toArray(JAVA_BYTE);
        try {
            CallTexts read = CallTexts.decoded(bytes, call.outputCount() - 1);
            assertThat(read.count()).isLessThanOrEqualTo(bytes.length / Integer.BYTES);
            assertThat(read.inputs()).hasSize(call.outputCount() - 1);
        } catch (LinkException refused) {
            assertThat(refused).hasMessageMatching("(?s).*\\d.*");
        }
    }

    // --- completions

    static Stream<byte[]> completions() {
        byte[] sound = new byte[32];
        putInts(sound, 1, 3, 9, BLOCK, 7, 48, 0x1ffff, 0);
        return Stream.of(
                sound,
                withInt(sound, 0, 0),
                withInt(sound, 4, -1),
                // The answer's block: none, in the control words, behind the end.
                withInt(sound, 12, 0),
                withInt(sound, 12, 1),
                withInt(sound, 12, -1),
                withInt(sound, 12, Integer.MAX_VALUE),
                withInt(sound, 16, 8),
                // The frame's length.
                withInt(sound, 20, 0),
                withInt(sound, 20, -1),
                withInt(sound, 20, Integer.MAX_VALUE),
                // Member and last, number.
                withInt(sound, 24, 0x10003),
                withInt(sound, 24, 0xffff),
                withInt(sound, 28, 1));
    }

    @MethodSource("completions")
    @FuzzTest
    void readsCompletionsAndWhatTheyName(byte[] entry) {
        MEMORY.asSlice(LinkLayout.OUT_BLOCKS, 1 << 16).fill((byte) 0);
        MemorySegment.copy(
                Arrays.copyOf(entry, 32), 0, MEMORY, JAVA_BYTE, LinkLayout.completion(2, 0), 32);
        CompletionRing ring = new CompletionRing(REGION, REGION, 2);
        if (!ring.poll()) {
            assertThat(ByteBuffer.wrap(Arrays.copyOf(entry, 4)).getInt()).isNotEqualTo(1 << 24);
            return;
        }
        assertThat(ring.member()).isBetween((int) Short.MIN_VALUE, (int) Short.MAX_VALUE);
        try {
            ResultFrame read = new ResultFrame(MEMORY).read(ring.block(), ring.frameLength());
            assertThat(LinkLayout.blockOffset(ring.block()))
                    .isBetween(LinkLayout.OUT_BLOCKS, SIZE - ring.frameLength());
            boolean _ = read.isFinished(ring.generation(), ring.lease());
        } catch (LinkException refused) {
            assertThat(refused).hasMessageMatching("(?s).*\\d.*");
        }
        assertThat(ring.poll()).isFalse();
    }

    // --- releases

    static Stream<byte[]> releases() {
        byte[] sound = new byte[16];
        putInts(sound, 1, BLOCK, 7, 0);
        return Stream.of(sound, withInt(sound, 0, 2), withInt(sound, 4, -1), new byte[0]);
    }

    /// The worker's reader: an op can read IN, not write it, but what reads it trusts nothing either.
    @MethodSource("releases")
    @FuzzTest
    void readsReleases(byte[] entry) {
        MemorySegment.copy(
                Arrays.copyOf(entry, 16), 0, MEMORY, JAVA_BYTE, LinkLayout.release(2, 0), 16);
        ReleaseReader reader = new ReleaseReader(REGION, REGION, 2);
        int read = 0;
        while (reader.poll()) {
            read++;
        }
        assertThat(read).isLessThanOrEqualTo(1);
    }

    // --- control messages

    static Stream<byte[]> controlMessages() {
        byte[] load =
                new ControlMessage.Load(
                                1,
                                "m",
                                "/f",
                                List.of("/a.so"),
                                Map.of("k", "v", "l", ""),
                                Signature.EMPTY,
                                ModelSettings.NONE,
                                0,
                                1)
                        .encoded();
        byte[] loaded =
                new ControlMessage.Loaded(
                                1,
                                new Signature(
                                        List.of(new TensorSpec("x", DataType.FP16, List.of(-1L))),
                                        List.of()))
                        .encoded();
        return Stream.of(
                new ControlMessage.Attach(1, Long.MIN_VALUE).encoded(),
                new ControlMessage.Attached("1.29.0").encoded(),
                load,
                loaded,
                new ControlMessage.LoadFailed(3, "no such op").encoded(),
                new ControlMessage.Unload(-1).encoded(),
                new ControlMessage.CallFailed(3, CallFailure.FAILED, "no such op").encoded(),
                new ControlMessage.CallAnswered(
                                4,
                                List.of(
                                        new ControlMessage.CallOutput(
                                                TensorSpec.of("x", DataType.FP32, 3), 256, 12)))
                        .encoded(),
                new byte[0],
                new byte[] {0},
                new byte[] {127},
                Arrays.copyOf(load, load.length + 1),
                // Lengths: of the first name, of the list of inputs.
                withBigEndian(load, 5, Integer.MAX_VALUE),
                withBigEndian(load, 5, -1),
                withBigEndian(loaded, 5, Integer.MAX_VALUE),
                withBigEndian(loaded, 5, 16));
    }

    @MethodSource("controlMessages")
    @FuzzTest
    void readsControlMessages(byte[] frame) throws LinkException {
        ControlMessage message;
        try {
            message = ControlMessage.decoded(frame);
        } catch (LinkException _) {
            return;
        }
        assertThat(ControlMessage.decoded(message.encoded())).isEqualTo(message);
    }

    // --- frames in memory

    private static void put(byte[] frame) {
        int length = Math.min(frame.length, LinkLayout.FRAME_SIZE);
        MemorySegment.copy(frame, 0, MEMORY, JAVA_BYTE, LinkLayout.frame(SLOT), length);
    }

    private static byte[] frame(int length) {
        return MEMORY.asSlice(LinkLayout.frame(SLOT), length).toArray(JAVA_BYTE);
    }

    private static void putAnswer(int block, byte[] frame) {
        int length = Math.min(frame.length, LinkLayout.FRAME_SIZE);
        MemorySegment.copy(frame, 0, MEMORY, JAVA_BYTE, LinkLayout.blockOffset(block), length);
    }

    private static byte[] answer(int length) {
        return MEMORY.asSlice(LinkLayout.blockOffset(BLOCK), length).toArray(JAVA_BYTE);
    }

    private static void putInts(byte[] entry, int... values) {
        ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    }

    private static byte[] withInt(byte[] frame, int offset, int value) {
        byte[] changed = frame.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return changed;
    }

    private static byte[] withLong(byte[] frame, int offset, long value) {
        byte[] changed = frame.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(offset, value);
        return changed;
    }

    private static byte[] withBigEndian(byte[] frame, int offset, int value) {
        byte[] changed = frame.clone();
        ByteBuffer.wrap(changed).putInt(offset, value);
        return changed;
    }
}
