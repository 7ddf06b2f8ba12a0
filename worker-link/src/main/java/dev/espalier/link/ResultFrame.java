package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// The result of one execution in a slot of OUT: how long it took, and its outputs or its error. A
/// cursor over shared memory that is used again and again.
///
/// ```text
///  0  status 4 · outputs 4, or bytes of the error text 4
///  8  begun 8 · engine called 8 · engine returned 8 · finished 8   (ns of the machine's monotonic clock)
/// 40  generation of the execution that has been started 4 · of the one whose result this is 4
/// 48  per output: index 4 · type 4 · rank 4 · (4) · offset in OUT 8 · byte size 8 · rank × dimension 8
///     or the error text, UTF-8
/// ```
///
/// The reader trusts nothing: an op can scribble over all of OUT at any time. What it has checked, it
/// has copied before.
///
/// Not safe for use by several threads.
public final class ResultFrame {
    public static final int OK = 0;
    public static final int ENGINE_ERROR = 1;

    /// An error, too: the outputs find no room as long as there are other results.
    public static final int NO_ROOM = 2;

    /// The largest rank of an output.
    public static final int MAX_RANK = 16;

    private static final int STARTED = 40;
    private static final int FINISHED = 44;
    private static final int HEAD = 48;
    private static final int OUTPUT_HEAD = 32;

    private final MemorySegment out;
    private long base;
    private long end;
    private long cursor;

    private int status;
    private int count;
    private int index;
    private DataType type = DataType.BOOL;
    private long offset;
    private long byteSize;
    private long[] shape = {};

    public ResultFrame(MemorySegment out) {
        this.out = out;
    }

    // --- the worker's side

    /// Begins the frame of `slot`.
    public void begin(int slot) {
        base = LinkLayout.frame(slot);
        end = base + LinkLayout.FRAME_SIZE;
        cursor = base + HEAD;
        out.set(JAVA_INT, base, OK);
        out.set(JAVA_INT, base + 4, 0);
    }

    /// Says, for whoever looks after a crash, that the execution of this generation is being run.
    public void putStarted(int generation) {
        LinkLayout.INT.setRelease(out, base + STARTED, generation);
    }

    /// Sets one of the four times: 0 begun, 1 engine called, 2 engine returned, 3 finished.
    public void putTime(int which, long nanos) {
        out.set(JAVA_LONG, base + 8 + 8L * which, nanos);
    }

    /// Says that the frame is the whole result of the execution of this generation. The last to be written.
    public void putFinished(int generation) {
        LinkLayout.INT.setRelease(out, base + FINISHED, generation);
    }

    /// Adds an output; its dimensions follow, one by one.
    ///
    /// @return false when the frame has no room for it
    public boolean putOutput(
            int outputIndex, int typeCode, int rank, long outputOffset, long size) {
        if (cursor + OUTPUT_HEAD + 8L * rank > end) {
            return false;
        }
        out.set(JAVA_INT, cursor, outputIndex);
        out.set(JAVA_INT, cursor + 4, typeCode);
        out.set(JAVA_INT, cursor + 8, rank);
        out.set(JAVA_LONG, cursor + 16, outputOffset);
        out.set(JAVA_LONG, cursor + 24, size);
        cursor += OUTPUT_HEAD;
        out.set(JAVA_INT, base + 4, out.get(JAVA_INT, base + 4) + 1);
        return true;
    }

    /// Adds a dimension of the output before.
    public void putDimension(long dimension) {
        out.set(JAVA_LONG, cursor, dimension);
        cursor += 8;
    }

    /// Makes the frame an error, cut to what the frame holds.
    ///
    /// @param kind [#ENGINE_ERROR] or [#NO_ROOM]
    public void putError(int kind, String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, LinkLayout.FRAME_SIZE - HEAD);
        out.set(JAVA_INT, base, kind);
        out.set(JAVA_INT, base + 4, length);
        MemorySegment.copy(text, 0, out, JAVA_BYTE, base + HEAD, length);
        cursor = base + HEAD + length;
    }

    /// The frame's length.
    public int length() {
        return (int) (cursor - base);
    }

    // --- the server's side

    /// Whether the worker has begun to run the execution of this generation in `slot`; it may have
    /// finished it since.
    public static boolean isStarted(MemorySegment out, int slot, int generation) {
        return (int) LinkLayout.INT.getAcquire(out, LinkLayout.frame(slot) + STARTED) == generation;
    }

    /// Whether what has been read is the whole frame, and still what the worker has finished for the execution
    /// of this generation. To be asked when everything has been read: an op that empties the memory, before
    /// the worker has finished or after, leaves zeros, which read like a result without outputs.
    public boolean isFinished(int generation) {
        return cursor == end && (int) LinkLayout.INT.getAcquire(out, base + FINISHED) == generation;
    }

    /// Reads the head of the frame of `slot`, which has `length` bytes.
    ///
    /// @throws LinkException when the frame is not one
    public ResultFrame read(int slot, int length) throws LinkException {
        if (slot < 0 || slot >= LinkLayout.SLOTS) {
            throw new LinkException(
                    "slot: " + slot + " (expected: 0.." + (LinkLayout.SLOTS - 1) + ")");
        }
        if (length < HEAD || length > LinkLayout.FRAME_SIZE) {
            throw new LinkException(
                    "result frame's length: %d (expected: %d..%d)"
                            .formatted(length, HEAD, LinkLayout.FRAME_SIZE));
        }
        base = LinkLayout.frame(slot);
        end = base + length;
        cursor = base + HEAD;
        status = out.get(JAVA_INT, base);
        count = out.get(JAVA_INT, base + 4);
        boolean plausible =
                switch (status) {
                    case OK -> count >= 0 && count <= (length - HEAD) / OUTPUT_HEAD;
                    case ENGINE_ERROR, NO_ROOM -> count >= 0 && count <= length - HEAD;
                    default -> false;
                };
        if (!plausible) {
            throw new LinkException(
                    "result frame of %d bytes with status %d and count %d"
                            .formatted(length, status, count));
        }
        return this;
    }

    public boolean isError() {
        return status != OK;
    }

    /// Whether an error is one of the moment.
    public boolean isNoRoom() {
        return status == NO_ROOM;
    }

    /// The text of a frame that is an error.
    public String errorText() {
        byte[] text = new byte[count];
        MemorySegment.copy(out, JAVA_BYTE, base + HEAD, text, 0, count);
        cursor = base + HEAD + count;
        return new String(text, StandardCharsets.UTF_8);
    }

    public int outputCount() {
        return count;
    }

    /// One of the four times, see [#putTime].
    public long time(int which) {
        return out.get(JAVA_LONG, base + 8 + 8L * which);
    }

    /// Moves to the next output, and takes a copy of its description.
    ///
    /// @throws LinkException when the frame ends before it does, or the description contradicts itself
    public void nextOutput() throws LinkException {
        long output = cursor;
        if (output + OUTPUT_HEAD > end) {
            throw new LinkException("result frame ends within an output");
        }
        index = out.get(JAVA_INT, output);
        int typeCode = out.get(JAVA_INT, output + 4);
        int rank = out.get(JAVA_INT, output + 8);
        offset = out.get(JAVA_LONG, output + 16);
        byteSize = out.get(JAVA_LONG, output + 24);
        type =
                DataType.ofCode(typeCode)
                        .orElseThrow(() -> new LinkException("output's type: " + typeCode));
        cursor = output + OUTPUT_HEAD + 8L * rank;
        if (rank < 0 || rank > MAX_RANK || cursor > end) {
            throw new LinkException(
                    "output's rank: %d (expected: 0..%d, within the frame)"
                            .formatted(rank, MAX_RANK));
        }
        shape = new long[rank];
        long elements = 1;
        for (int axis = 0; axis < rank; axis++) {
            long dimension = out.get(JAVA_LONG, output + OUTPUT_HEAD + 8L * axis);
            if (dimension < 0 || dimension > 0 && elements > Long.MAX_VALUE / dimension) {
                throw new LinkException("output's dimension " + axis + ": " + dimension);
            }
            shape[axis] = dimension;
            elements *= dimension;
        }
        boolean inside =
                byteSize == 0
                        || offset >= LinkLayout.BLOCKS
                                && byteSize > 0
                                && offset <= out.byteSize() - byteSize;
        boolean sized =
                !type.isFixedSize()
                        || elements <= byteSize && elements * type.elementSize() == byteSize;
        if (!inside || !sized || byteSize > Integer.MAX_VALUE) {
            throw new LinkException(
                    "output of %d bytes at %d for %d elements of %s lies outside of OUT or does not fit"
                            .formatted(byteSize, offset, elements, type));
        }
    }

    public int outputIndex() {
        return index;
    }

    public DataType type() {
        return type;
    }

    /// Where the output's bytes lie in OUT.
    public long offset() {
        return offset;
    }

    public long byteSize() {
        return byteSize;
    }

    /// The output's shape, a fresh array.
    public long[] shape() {
        return shape;
    }
}
